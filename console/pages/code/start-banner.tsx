import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { ProtectedBranchView, RepositoryView } from '../../api/shapes.ts'
import { repositoryApi } from '../../paths.ts'
import { TapPanel } from '../../forms/tap-panel.tsx'
import { Oid } from '../../ui/oid.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { paths } from '../../paths.ts'

/** For administrators, until somebody seals where protection began. */
export const StartBanners = ({ repository }: { repository: RepositoryView }) =>
  repository.myRole === 'admin' &&
  repository.protectedBranches
    .filter((branch) => branch.sealedAt === null)
    .map((branch) => <StartBanner key={branch.branch} repository={repository} branch={branch} />)

function StartBanner({ repository, branch }: { repository: RepositoryView; branch: ProtectedBranchView }) {
  const { project, name } = repository
  const path = `${repositoryApi(project, name)}/protected-branches/${encodeURIComponent(branch.branch)}`
  const [sealRequestId, setSealRequestId] = useState<string | null>(null)
  const begin = useMutation({
    mutationFn: () => api.post<{ sealRequestId: string }>(`${path}/start-seal`),
    onSuccess: (answer) => setSealRequestId(answer.sealRequestId),
  })
  const start = async (sealId: string) => {
    await api.post<ProtectedBranchView>(`${path}/start`, {}, { sealId })
    await queryClient.invalidateQueries({ queryKey: [repositoryApi(project, name)] })
    setSealRequestId(null)
  }
  return (
    <Alert variant="light" color="gray" icon={<IconFlag />} mb="lg" role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {branch.branch} is protected from{' '}
          <Oid oid={branch.baselineOid} href={paths.commit(project, name, branch.baselineOid)} /> on. Tap to seal this
          start, so that nobody can move it.
        </Text>
        <Button size="xs" variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
          Seal this start
        </Button>
      </Group>
      <ProblemAlert error={begin.error} />
      <Modal
        opened={sealRequestId !== null}
        onClose={() => setSealRequestId(null)}
        title={`Seal where ${branch.branch} starts`}
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': 'Close without tapping' }}
      >
        {sealRequestId && <TapPanel sealRequestId={sealRequestId} onSealed={({ sealId }) => start(sealId)} />}
      </Modal>
    </Alert>
  )
}
