import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconTicket } from '@tabler/icons-react'
import type { ApiTokenMade } from '../../api/shapes.ts'
import { useInstance, useMe } from '../../api/use-me.ts'
import { paths, splitPath } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

interface TokenMadeProps {
  made: ApiTokenMade
  /** Whose it is; the person's own unless told. */
  username?: string
  onClose: () => void
}

/** The one moment in which a token can be read, and how git takes it. */
export function TokenMade({ made, username, onClose }: TokenMadeProps) {
  const me = useMe()
  const { url } = useInstance()
  const path = made.token.repositories?.[0]?.path
  const { project, name } = splitPath(path ?? '')
  return (
    <Alert
      color="gray"
      icon={<IconTicket />}
      title={`“${made.token.name}” is ready. Copy it now: it is shown only once.`}
    >
      <Stack gap="sm">
        <CopyBlock lines={[made.secret]} what="the token" />
        <Text size="sm">Where git asks for a user name and a password, give your username and this token:</Text>
        <CopyBlock
          lines={[`git remote add origin ${url}/${path ?? 'PROJECT/REPOSITORY'}.git`, 'git push -u origin main']}
        />
        <Text size="sm">
          User name <Code>{username ?? me.username}</Code>, password: the token. To be asked only once, let git remember
          it: <Code>git config --global credential.helper store</Code> keeps it in a file; your system’s own helper
          (osxkeychain, manager, libsecret) keeps it encrypted.
        </Text>
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            I have copied it
          </Button>
          {path && (
            <Button component="a" href={paths.repository(project, name)} variant="default" size="xs">
              Back to {path}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
