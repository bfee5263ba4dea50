import { Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { BranchRuleView, ProtectedBranchView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { Oid } from '../../ui/oid.tsx'
import { PersonName } from '../../ui/person-avatar.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ruleWords } from '../branch-rule/rule-words.ts'
import { ProtectBranch } from './protect-branch.tsx'
import { SettingsSection } from './settings-section.tsx'
import type { Place } from './use-place.ts'

/** Which branches change only by a tap, since when, and what else each asks. */
export const SettingsProtection = ({ place, repository }: { place: Place; repository: RepositoryView }) => (
  <SettingsSection
    title="Protected branches"
    description="Each of their changes is proven by a tap. What else it takes, such as approvals and checks, is the branch’s rule."
  >
    <Stack>
      {repository.protectedBranches.length === 0 ? (
        <Text size="sm">None yet: {repository.defaultBranch} is protected from its first push on.</Text>
      ) : (
        repository.protectedBranches.map((branch) => <Branch key={branch.branch} place={place} branch={branch} />)
      )}
      {!repository.isEmpty && <ProtectBranch place={place} taken={repository.protectedBranches} />}
    </Stack>
  </SettingsSection>
)

function Branch({ place, branch }: { place: Place; branch: ProtectedBranchView }) {
  const rule = useQuery(
    getQuery<BranchRuleView>(`${place.api}/protected-branches/${encodeURIComponent(branch.branch)}/rule`),
  )
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {branch.branch}
          </Text>
          <Button
            component="a"
            href={paths.branchRule(place.project, place.name, branch.branch)}
            variant="default"
            size="xs"
            aria-label={`Edit the rule of ${branch.branch}`}
          >
            Edit the rule
          </Button>
        </Group>
        {rule.data && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {ruleWords(rule.data.rule).join('. ')}.
          </Text>
        )}
        <Text size="sm" c="dimmed" component="div">
          Protected from{' '}
          <Oid oid={branch.baselineOid} href={paths.commit(place.project, place.name, branch.baselineOid)} /> on.{' '}
          {branch.sealedBy && branch.sealedAt !== null ? (
            <>
              Start sealed by <PersonName person={branch.sealedBy} size="xs" /> <TimeAgo at={branch.sealedAt} />.
            </>
          ) : (
            <>
              Nobody has sealed this start yet; <Anchor href={paths.repository(place.project, place.name)}>Code</Anchor>{' '}
              offers it.
            </>
          )}
        </Text>
      </Stack>
    </Paper>
  )
}
