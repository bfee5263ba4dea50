import { Alert, Button, Grid, Paper, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import type { Facts, PullRequestView, SealAttempt } from '../../api/shapes.ts'
import { TapPanel } from '../../forms/tap-panel.tsx'
import { FactsTable } from '../../ui/facts-table.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { Changes } from '../code/changes.tsx'
import { chosenMethod, refusalOf } from './merge-methods.ts'
import { MergeExpired, MergeUnfinished, PreparationProblem } from './merge-stops.tsx'
import { MethodChoice } from './method-choice.tsx'
import { useMerge } from './use-merge.ts'
import type { PullRequestPlace } from './use-pull-request.ts'

interface MergeFormProps {
  place: PullRequestPlace
  pullRequest: PullRequestView
  /** When `pullRequest` was read. */
  readAt: number
  /** Merge past the branch's rule, for this reason. */
  pastRule?: string | null
}

/** The facts beside the button, and below them the very change that is signed: from the base’s tree to the result’s. */
export function MergeForm({ place, pullRequest, readAt, pastRule = null }: MergeFormProps) {
  const setQuery = useSetUrlQuery()
  const methods = pastRule === null ? pullRequest.methods : pastMethods
  const method = chosenMethod(methods, useUrlQuery()['method'])
  const [attempt, setAttempt] = useState<{ of: string; made: SealAttempt } | null>(null)
  const [tapping, setTapping] = useState<string | null>(null)
  // The statement that took the place of another, once it was read: it may have come just under somebody's finger.
  const [readAgain, setReadAgain] = useState<string | null>(null)
  const seen = { head: pullRequest.headOid, base: pullRequest.baseOid, readAt }
  const { preparation, moved, isExpired, renew, unfinished, merge, finish } = useMerge({
    place,
    method,
    pastRule,
    seen,
    tappedRequestId: tapping,
  })
  const ready = preparation.data
  const isUnread = moved !== null && readAgain !== ready?.sealRequestId
  return (
    <Stack gap="xl">
      {moved && (
        <Alert variant="light" color="yellow" role="alert" title={moved.title}>
          {moved.detail} This pull request was not merged. {moved.help} Below is the statement as it is now.
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
              <MethodChoice methods={methods} value={method} onChange={(next) => setQuery({ method: next })} />
              {ready && isUnread && !isExpired && !unfinished && (
                <Button onClick={() => setReadAgain(ready.sealRequestId)}>I have read it as it is now</Button>
              )}
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
                    onAgain={renew}
                    buttonLabel={pastRule === null ? 'Tap to merge' : 'Tap to merge past the rule'}
                    disabledReason={isUnread ? 'Read the statement again first.' : refusalOf(methods, method)}
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

/** Only what makes a commit can say in it that it went past the rule. */
const pastMethods: PullRequestView['methods'] = [
  { method: 'merge', refusal: null },
  { method: 'squash', refusal: null },
]

/** The digest depends on the key: it follows as soon as one is chosen. */
const withDigest = (facts: Facts, attempt: SealAttempt | null): Facts =>
  attempt === null
    ? facts
    : { ...facts, rows: [...facts.rows, { label: 'Statement', value: attempt.statementDigest, kind: 'digest' }] }
