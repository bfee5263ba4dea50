import { Alert, Box, Grid, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Facts, MergeMethod, PullRequestView, SealAttempt } from '../../api/shapes.ts'
import { TapPanel } from '../../forms/tap-panel.tsx'
import { FactsTable } from '../../ui/facts-table.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { Changes } from '../code/changes.tsx'
import { MergeExpired, MergeUnfinished, PreparationProblem } from './merge-stops.tsx'
import { useMerge } from './use-merge.ts'
import type { PullRequestPlace } from './use-pull-request.ts'

const METHODS: Record<MergeMethod, { label: string; text: string }> = {
  merge: { label: 'Merge', text: 'Keeps every commit, under one merge commit that carries your signature.' },
  squash: { label: 'Squash', text: 'Makes one commit of all of them; it carries your signature.' },
}

interface MergeFormProps {
  place: PullRequestPlace
  pullRequest: PullRequestView
  /** When `pullRequest` was read. */
  readAt: number
}

/** The facts beside the button, and below them the very change that is signed: from the base’s tree to the result’s. */
export function MergeForm({ place, pullRequest, readAt }: MergeFormProps) {
  const [asked, setMethod] = useUrlState<MergeMethod>('method', 'merge')
  const method = asked === 'squash' ? 'squash' : 'merge'
  const [attempt, setAttempt] = useState<{ of: string; made: SealAttempt } | null>(null)
  const [tapping, setTapping] = useState<string | null>(null)
  const seen = { head: pullRequest.headOid, base: pullRequest.baseOid, readAt }
  const { preparation, moved, isExpired, renew, unfinished, merge, finish } = useMerge(place, method, seen, tapping)
  const ready = preparation.data
  return (
    <Stack gap="xl">
      {moved && (
        <Alert variant="light" color="yellow" role="alert" title={moved.title}>
          {moved.detail} This pull request was not merged. Below is the statement as it is now: read it again, then tap.
        </Alert>
      )}
      <PreparationProblem error={preparation.error} onAgain={renew} />
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper withBorder p="lg" component="section" aria-label="What you sign">
            <Title order={2} fz="lg" mb="sm">
              {ready?.facts.title ?? 'What you sign'}
            </Title>
            {ready ? (
              <FactsTable facts={withDigest(ready.facts, attempt?.of === ready.sealRequestId ? attempt.made : null)} />
            ) : (
              preparation.isFetching && <RowSkeletons rows={6} height={20} />
            )}
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Paper withBorder p="lg" component="section" aria-label="Tap to merge">
            <Stack gap="lg">
              <Box>
                <SegmentedControl
                  fullWidth
                  aria-label="How to merge"
                  value={method}
                  onChange={(value) => setMethod(value === 'squash' ? 'squash' : 'merge')}
                  data={Object.entries(METHODS).map(([value, { label }]) => ({ value, label }))}
                />
                <Text size="sm" c="dimmed" mt={6}>
                  {METHODS[method].text}
                </Text>
              </Box>
              {unfinished ? (
                <MergeUnfinished
                  error={unfinished.error}
                  onAgain={() => finish.mutate(unfinished.sealId)}
                  isPending={finish.isPending}
                />
              ) : isExpired ? (
                <MergeExpired onAgain={renew} />
              ) : (
                ready && (
                  <TapPanel
                    key={ready.sealRequestId}
                    sealRequestId={ready.sealRequestId}
                    hideFacts
                    buttonLabel="Tap to merge"
                    onAttempt={(made) => setAttempt({ of: ready.sealRequestId, made })}
                    onTapping={(isTapping) => setTapping(isTapping ? ready.sealRequestId : null)}
                    onSealed={({ sealId }) => merge(sealId)}
                  />
                )
              )}
            </Stack>
          </Paper>
        </Grid.Col>
      </Grid>
      {ready && (
        <section aria-label="The change you sign">
          <Title order={2} fz="lg" mb="sm">
            The change you sign
          </Title>
          <Changes
            source={{
              api: `${place.pullApi}/merge-preparation/files`,
              query: { sealRequestId: ready.sealRequestId },
              version: ready.tree,
            }}
            viewedSubject={null}
          />
        </section>
      )}
    </Stack>
  )
}

/** The digest depends on the key: it follows as soon as one is chosen. */
const withDigest = (facts: Facts, attempt: SealAttempt | null): Facts =>
  attempt === null
    ? facts
    : { ...facts, rows: [...facts.rows, { label: 'Statement', value: attempt.statementDigest, kind: 'digest' }] }
