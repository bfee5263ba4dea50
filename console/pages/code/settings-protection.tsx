import { Paper, Stack, Switch, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { ProtectedBranchView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { Oid } from '../../ui/oid.tsx'
import { PersonName } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { SettingsSection } from './settings-section.tsx'
import type { Place } from './use-place.ts'

/** Which branches change only by a tap, since when, and with which keys. */
export const SettingsProtection = ({ place, repository }: { place: Place; repository: RepositoryView }) => (
  <SettingsSection
    title="Protected branches"
    description="They change only by a pull request that a person merges with a tap. A direct push is refused."
  >
    {repository.protectedBranches.length === 0 ? (
      <Text size="sm">None yet: {repository.defaultBranch} is protected from its first push on.</Text>
    ) : (
      <Stack>
        {repository.protectedBranches.map((branch) => (
          <Branch key={branch.branch} place={place} branch={branch} />
        ))}
      </Stack>
    )}
  </SettingsSection>
)

function Branch({ place, branch }: { place: Place; branch: ProtectedBranchView }) {
  const act = useMutation({
    mutationFn: (stockVerifiableOnly: boolean) =>
      api.patch<ProtectedBranchView>(`${place.api}/protected-branches/${encodeURIComponent(branch.branch)}`, {
        stockVerifiableOnly,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [place.api] }),
  })
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text fw={600}>{branch.branch}</Text>
        <Text size="sm" c="dimmed" component="div">
          Protected from{' '}
          <Oid oid={branch.baselineOid} href={paths.commit(place.project, place.name, branch.baselineOid)} /> on.{' '}
          {branch.sealedBy && branch.sealedAt !== null ? (
            <>
              Start sealed by <PersonName person={branch.sealedBy} size="xs" /> <TimeAgo at={branch.sealedAt} />.
            </>
          ) : (
            'Nobody has sealed this start yet; the Code page offers it.'
          )}
        </Text>
        <Switch
          checked={branch.stockVerifiableOnly}
          disabled={act.isPending}
          onChange={(event) => act.mutate(event.currentTarget.checked)}
          label="Only keys whose signature stock git can check"
          description="Says so before the tap, and offers another key. Off: any passkey may merge; some proofs are then read by postern verify alone. A change takes a tap."
        />
        <ProblemAlert error={act.error} />
      </Stack>
    </Paper>
  )
}
