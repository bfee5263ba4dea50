import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ConnectorMade } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

/** The one moment in which the secret can be read, with the commands that put it to use. */
export function ConnectorSecret({ made, onClose }: { made: ConnectorMade; onClose: () => void }) {
  const { name, secret } = made
  const { origin } = globalThis.location
  return (
    <Alert
      color="gray"
      icon={<IconKey />}
      title={`The secret of the connector ${name}. Copy it now: it is shown only once.`}
    >
      <Stack gap="md">
        <CopyBlock lines={[secret]} what="the secret" />
        <Text size="sm">
          Put it into a file on a machine that reaches the tool, with Node 20 or newer, and start the connector there.
          It reaches nothing but what you allow.
        </Text>
        <CopyBlock
          lines={[
            `curl -fsSO ${origin}/-/postern.mjs`,
            `node postern.mjs connector ${origin} \\`,
            '  --secret-file connector.secret --allow http://127.0.0.1:3000',
          ]}
          what="the commands"
        />
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            I have copied it
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
