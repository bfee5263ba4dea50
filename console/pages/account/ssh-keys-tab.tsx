import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { sshKeysQuery } from './account-queries.ts'
import { Certificates } from './certificates.tsx'
import { NewSshKeyForm } from './new-ssh-key-form.tsx'
import { SshKeyRow } from './ssh-key-row.tsx'
import { makeCommands } from './ssh-key-words.ts'

export function SshKeysTab() {
  const { data } = useSuspenseQuery(sshKeysQuery)
  const { new: isNew, certificate } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const close = () => setQuery({ new: null })
  const newButton = (
    <Button
      // One next step at a time: while a certificate is asked for, that is it.
      variant={certificate ? 'default' : 'filled'}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ new: 'yes', certificate: null })}
    >
      Add an SSH key
    </Button>
  )
  return (
    <Stack>
      <Text c="dimmed" maw={640}>
        An SSH key lets git in as you, and can sign your commits. One on a security key cannot be copied, and is worth
        more: it takes your touch, and its PIN, each time.
      </Text>
      {isNew ? (
        <NewSshKeyForm enrolment={data} onDone={close} onCancel={close} />
      ) : (
        data.items.length > 0 && <Group>{newButton}</Group>
      )}
      {data.items.length > 0 ? (
        <WholeList label="Your SSH keys">
          {data.items.map((key) => (
            <SshKeyRow key={key.id} sshKey={key} />
          ))}
        </WholeList>
      ) : (
        !isNew && (
          <EmptyState title="No SSH keys" action={newButton}>
            If you have one, it lies in the folder .ssh of your home: the file that ends in .pub.
          </EmptyState>
        )
      )}
      {!isNew && <MakeOne statement={data.statement} />}
      {!isNew && (
        <Box mt="lg">
          <Certificates />
        </Box>
      )}
    </Stack>
  )
}

const MakeOne = ({ statement }: { statement: string }) => (
  <Stack gap="xs" maw={1080} mt="sm">
    <CopyBlock label="Make one on a security key that is plugged in" lines={makeCommands({ statement })} />
    <Text size="sm" c="dimmed">
      It asks for the PIN and a touch, and writes beside the key what its maker says of it. Then add it here.
    </Text>
  </Stack>
)
