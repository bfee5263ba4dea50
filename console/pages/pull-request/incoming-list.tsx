import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { Oid } from '../../ui/oid.tsx'
import type { Place } from '../code/use-place.ts'
import type { Incoming } from './incoming-commits.ts'

const SHOWN = 8

/** What would be merged. */
export function IncomingList(props: { place: Place; incoming: Incoming; source: string; target: string }) {
  const { place, incoming, source, target } = props
  const { commits, isOpenEnded } = incoming
  if (commits.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {target} already has every commit of {source}.
      </Text>
    )
  const rest = commits.length - SHOWN
  return (
    <Paper withBorder p="md" component="section" aria-label="What would be merged">
      <Stack gap={6}>
        <Text size="sm" fw={600}>
          {commits.length}
          {isOpenEnded ? ' or more' : ''} {commits.length === 1 && !isOpenEnded ? 'commit' : 'commits'} would be merged
        </Text>
        {commits.slice(0, SHOWN).map((commit) => (
          <Group key={commit.oid} gap="sm" wrap="nowrap" justify="space-between">
            <Anchor size="sm" c="inherit" truncate href={paths.commit(place.project, place.name, commit.oid)}>
              {revealHidden(commit.subject) || '(no message)'}
            </Anchor>
            <Oid oid={commit.oid} />
          </Group>
        ))}
        {(rest > 0 || isOpenEnded) && (
          <Text size="sm" c="dimmed">
            {rest > 0 ? `and ${rest}${isOpenEnded ? ' or more' : ''} older` : 'and older ones'}
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
