import { Badge, Group, Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { SshKeyOfPerson } from '../../api/shapes.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { kindOfKey, worthOfKey } from '../account/ssh-key-words.ts'

export const sshKeysOf = (username: string) => getQuery<{ items: SshKeyOfPerson[] }>(`/people/${username}/ssh-keys`)

/** What somebody comes in with over SSH and signs commits with. Only they change it. */
export function PersonSshKeys({ username }: { username: string }) {
  const { items } = useSuspenseQuery(sshKeysOf(username)).data
  return (
    <Section title="SSH keys">
      {items.length === 0 ? (
        <Text c="dimmed">None.</Text>
      ) : (
        <RowList label="SSH keys">
          {items.map((key) => (
            <SshKey key={key.id} sshKey={key} />
          ))}
        </RowList>
      )}
    </Section>
  )
}

function SshKey({ sshKey: key }: { sshKey: SshKeyOfPerson }) {
  const isOver = key.expiresAt !== null && key.expiresAt <= Date.now()
  return (
    <Stack gap={2} miw={0}>
      <Group gap="xs">
        <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
          {key.name}
        </Text>
        {isOver && (
          <Badge variant="default" tt="none" fw={500} size="sm">
            Ended
          </Badge>
        )}
      </Group>
      <Text size="sm" ff="monospace" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {key.fingerprint}
      </Text>
      <Text size="sm" c="dimmed">
        {key.model ?? kindOfKey(key.type)} · {worthOfKey(key, 'them')}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        Added <TimeAgo at={key.createdAt} />
        {key.forLogin && (
          <>
            ,{' '}
            {key.lastUsedAt === null ? (
              'never used'
            ) : (
              <>
                used <TimeAgo at={key.lastUsedAt} />
              </>
            )}
          </>
        )}
      </Text>
    </Stack>
  )
}
