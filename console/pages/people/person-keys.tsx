import { Badge, Group, Stack, Text } from '@mantine/core'
import type { PersonDetail } from '../../api/shapes.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { PasskeyPicture } from '../account/passkey-picture.tsx'
import { keyWords } from './key-words.ts'
import { Vouch } from './vouch.tsx'

/** The passkeys somebody has, by kind, and whether anybody vouched for them. */
export function PersonKeys({ detail: { person, credentials }, isAdmin }: { detail: PersonDetail; isAdmin: boolean }) {
  if (person.kind !== 'person') return null
  return (
    <Section title="Passkeys">
      {credentials.length === 0 ? (
        <Text c="dimmed">None.</Text>
      ) : (
        <RowList label="Passkeys">
          {credentials.map((credential) => (
            <Group key={credential.id} wrap="nowrap" align="flex-start" gap="sm">
              <PasskeyPicture credential={credential} />
              <Stack gap={2} miw={0}>
                <Group gap="xs">
                  <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
                    {credential.name}
                  </Text>
                  <Badge variant="default" tt="none" fw={500} size="sm">
                    {credential.isEndorsed ? 'Vouched for' : 'Not vouched for yet'}
                  </Badge>
                </Group>
                <Text size="sm" c="dimmed">
                  {keyWords(credential)}
                </Text>
                <Text size="sm" c="dimmed" component="div">
                  Added <TimeAgo at={credential.createdAt} />,{' '}
                  {credential.lastUsedAt === null ? (
                    'not used since'
                  ) : (
                    <>
                      used <TimeAgo at={credential.lastUsedAt} />
                    </>
                  )}
                </Text>
              </Stack>
            </Group>
          ))}
        </RowList>
      )}
      {isAdmin && person.unendorsed.map((key) => <Vouch key={key.id} person={person} unendorsed={key} />)}
    </Section>
  )
}
