import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { BranchView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from './use-place.ts'

/** Asks before a branch goes. */
export function DeleteBranch({ place, branch, onClose }: { place: Place; branch: BranchView; onClose: () => void }) {
  const path = branch.name.split('/').map(encodeURIComponent).join('/')
  const act = useMutation({
    mutationFn: () => api.delete(`${place.api}/branches/${path}`),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [`${place.api}/branches`] })
      await queryClient.invalidateQueries({ queryKey: [place.api] })
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Delete ${branch.name}`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">
          Its last commit is {branch.tip.oid.slice(0, 12)}.{' '}
          {branch.mergedPullRequest === null
            ? 'Commits that no other branch holds will not be reachable any more.'
            : `Pull request #${branch.mergedPullRequest} has merged all of it.`}
          {branch.openPullRequest !== null &&
            ` Pull request #${branch.openPullRequest} is open from it, and cannot be merged without it.`}
        </Text>
        <ProblemAlert error={act.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button color="red.8" loading={act.isPending} onClick={() => act.mutate()}>
            Delete the branch
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
