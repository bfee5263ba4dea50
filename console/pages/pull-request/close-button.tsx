import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** Closes, or opens again. */
export function CloseButton({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const isOpen = pullRequest.state === 'open'
  const act = useMutation({
    mutationFn: () => api.post<PullRequestView>(`${place.pullApi}/${isOpen ? 'close' : 'reopen'}`),
    onSuccess: () => refreshPullRequest(place),
  })
  if (pullRequest.state === 'merged' || !pullRequest.can.close) return null
  return (
    <Stack gap="sm">
      <Button variant="default" loading={act.isPending} onClick={() => act.mutate()}>
        {isOpen ? 'Close without merging' : 'Reopen'}
      </Button>
      <ProblemAlert error={act.error} />
    </Stack>
  )
}
