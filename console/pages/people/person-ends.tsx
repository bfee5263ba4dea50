import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { AccessEndSummary, Items, Person } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { causeWords } from './ending/ending-words.ts'
import { EndAccessButton } from './ending/end-access-dialog.tsx'
import { RestoreAccessButton } from './ending/restore-access-dialog.tsx'

/** How often this access has ended, each time with its receipt. Draws nothing where it never has. */
export function PersonEnds({ person }: { person: Person }) {
  const ends = useQuery(getQuery<Items<AccessEndSummary>>(`/people/${person.username}/ends`))
  if (ends.isError) return <ProblemAlert error={ends.error} />
  const items = ends.data?.items ?? []
  const [last] = items
  if (last === undefined) return null
  // Where nobody here has decided it, whoever ended it also undoes it.
  const canComeBack = last.restoredAt === null && ['scim', 'group', 'upstream'].includes(last.cause)
  return (
    <Section
      title="How their access ended"
      action={
        person.state === 'ended' &&
        !person.isDemo && (
          <Group gap="xs">
            {canComeBack && <EndAccessButton person={person} label="Keep them out" />}
            <RestoreAccessButton person={person} />
          </Group>
        )
      }
    >
      {person.state === 'ended' && canComeBack && (
        <Text size="sm" c="dimmed">
          {last.cause === 'upstream' ? 'The place they signed in from' : 'The directory'} ended it, and can give it
          back, with their passkeys. Keep them out, and only people here can.
        </Text>
      )}
      <RowList label="Ends">
        {items.map((end) => (
          <Group key={end.id} justify="space-between" gap="xs">
            <Text component="div">
              Ended <TimeAgo at={end.decidedAt} />, {causeWords(end.cause)}
              {end.restoredAt !== null && (
                <>
                  , given back <TimeAgo at={end.restoredAt} />
                </>
              )}
            </Text>
            <Anchor href={paths.accessEnd(person.username, end.id)} size="sm">
              Receipt
            </Anchor>
          </Group>
        ))}
      </RowList>
    </Section>
  )
}
