import { Anchor, Stack, Text, Title } from '@mantine/core'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { RepositoryFrame } from '../code/repository-frame.tsx'
import { useState } from 'react'
import { useUrlQuery } from '../../url-state.ts'
import { Checklist } from './checklist.tsx'
import { MergeForm } from './merge-form.tsx'
import { MergedView } from './merged-view.tsx'
import { PastRule } from './past-rule.tsx'
import { type PullRequestPlace, usePullRequest, usePullRequestPlace } from './use-pull-request.ts'

/** What will be signed, and the tap; once merged, the proof. */
export function MergePage() {
  const place = usePullRequestPlace()
  return (
    <RepositoryFrame tab="pull-requests" title={`Merge #${place.number}`}>
      {(repository) => <Merge place={place} repository={repository} />}
    </RepositoryFrame>
  )
}

function Merge({ place, repository }: { place: PullRequestPlace; repository: RepositoryView }) {
  const { pullRequest, readAt } = usePullRequest(place)
  const isPast = useUrlQuery()['past'] === 'rule' && pullRequest.can.bypassRefusal === null
  const [reason, setReason] = useState<string | null>(null)
  if (pullRequest.state === 'merged')
    return <MergedView place={place} repository={repository} pullRequest={pullRequest} />
  const isReady = pullRequest.mergeability.state === 'ready' && pullRequest.can.merge
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} fz="xl" style={{ overflowWrap: 'anywhere' }}>
          Merge{' '}
          <Text span inherit c="dimmed" fw={400}>
            #{pullRequest.number}
          </Text>{' '}
          {revealHidden(pullRequest.title)}
        </Title>
        <Anchor size="sm" href={paths.pullRequest(place.project, place.name, place.number)}>
          Back to the pull request
        </Anchor>
      </div>
      {isPast && reason !== null ? (
        <MergeForm place={place} pullRequest={pullRequest} readAt={readAt} pastRule={reason} />
      ) : isPast && pullRequest.mergeability.state === 'not-ready' ? (
        <PastRule place={place} pullRequest={pullRequest} onReason={setReason} />
      ) : isReady ? (
        <MergeForm place={place} pullRequest={pullRequest} readAt={readAt} />
      ) : (
        <Checklist place={place} pullRequest={pullRequest} />
      )}
    </Stack>
  )
}
