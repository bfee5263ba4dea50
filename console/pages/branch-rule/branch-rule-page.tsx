import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { BranchRuleView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { usePathPart } from '../../url-state.ts'
import { RepositoryFrame, SectionTitle } from '../code/repository-frame.tsx'
import { usePlace } from '../code/use-place.ts'
import { BranchRuleForm } from './branch-rule-form.tsx'

/** What it takes to change one protected branch. */
export const BranchRulePage = () => (
  <RepositoryFrame tab="settings" title="Branch rule">
    {(repository) =>
      repository.myRole === 'admin' ? (
        <BranchRuleSettings />
      ) : (
        <EmptyState title="Rules are for administrators">
          Your role here is “{repository.myRole}”. What a branch asks shows on each pull request.
        </EmptyState>
      )
    }
  </RepositoryFrame>
)

function BranchRuleSettings() {
  const place = usePlace()
  const branch = usePathPart('branch')
  const { data } = useSuspenseQuery(
    getQuery<BranchRuleView>(`${place.api}/protected-branches/${encodeURIComponent(branch)}/rule`),
  )
  const { path, problems } = data.codeOwners
  return (
    <>
      <Text size="sm" mb="xs">
        <Anchor href={paths.settings(place.project, place.name)} inherit>
          Settings
        </Anchor>
      </Text>
      <SectionTitle>Rule of {branch}</SectionTitle>
      <Stack gap="lg" maw={820}>
        <Text size="sm" c="dimmed">
          Every change of this branch takes a tap. What stands here is asked beside it, of pull requests in the console,
          over the API and in git alike.
        </Text>
        {path !== null && problems.length > 0 && (
          <Alert color="yellow" title={`${path} has mistakes`}>
            {problems.map((problem) => (
              <Text key={problem} size="sm">
                {problem}
              </Text>
            ))}
          </Alert>
        )}
        <BranchRuleForm place={place} branch={branch} rule={data.rule} names={data.names} ownersFile={path} />
      </Stack>
    </>
  )
}
