import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** Makes a draft ready, and what is ready a draft again. */
export function DraftButton({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const { isDraft, state, can } = pullRequest
  const act = useMutation({
    mutationFn: () => api.patch<PullRequestView>(place.pullApi, { isDraft: !isDraft }),
    onSuccess: () => refreshPullRequest(place),
  })
  if (state !== 'open' || !can.edit) return null
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant={isDraft ? 'filled' : 'default'} loading={act.isPending} onClick={() => act.mutate()}>
        {isDraft ? 'Ready for review' : 'Back to draft'}
      </Button>
      <ProblemAlert error={act.error} />
    </Stack>
  )
}
