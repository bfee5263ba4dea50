import { Button, Stack, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo } from '../../url-state.ts'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** Proposes to take back what was merged, and goes there. */
export function RevertButton({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const go = useGo()
  const act = useMutation({
    mutationFn: () => api.post<PullRequestView>(`${place.pullApi}/revert?sign=true`),
    async onSuccess({ number }) {
      await refreshPullRequest(place)
      go(paths.pullRequest(place.project, place.name, number))
    },
  })
  if (!pullRequest.can.revert) return null
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        loading={act.isPending}
        onClick={() => act.mutate()}
      >
        Revert
      </Button>
      <Text size="sm" c="dimmed">
        Opens a pull request that takes this back. Your tap signs its commit.
      </Text>
      <ProblemAlert error={act.error} />
    </Stack>
  )
}
