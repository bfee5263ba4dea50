import { ActionIcon, Anchor, Badge, Box, Button, Group, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import type { BranchView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { CommitLine } from './commit-line.tsx'
import { DeleteRef } from './delete-ref.tsx'
import { EmptySection } from './empty-section.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import styles from './rows.module.css'
import { usePlace } from './use-place.ts'

export const BranchesPage = () => (
  <RepositoryFrame tab="branches" title="Branches">
    {(repository) =>
      repository.isEmpty ? (
        <EmptySection title="Branches" repository={repository} />
      ) : (
        <Branches repository={repository} />
      )
    }
  </RepositoryFrame>
)

function Branches({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  const list = useInfiniteQuery(pagesQuery<BranchView>(`${place.api}/branches`))
  const [leaving, setLeaving] = useState<BranchView | null>(null)
  return (
    <>
      <SectionTitle>Branches</SectionTitle>
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons />}
      <ul className={styles.rows}>
        {list.data?.pages
          .flatMap((page) => page.items)
          .map((branch) => (
            <BranchRow key={branch.name} repository={repository} branch={branch} onDelete={() => setLeaving(branch)} />
          ))}
      </ul>
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
      {leaving && (
        <DeleteRef place={place} kind="branch" name={leaving.name} onClose={() => setLeaving(null)}>
          Its last commit is {leaving.tip.oid.slice(0, 12)}.{' '}
          {leaving.mergedPullRequest === null
            ? 'Commits that no other branch holds will not be reachable any more.'
            : `Pull request #${leaving.mergedPullRequest} has merged all of it.`}
          {leaving.openPullRequest !== null &&
            ` Pull request #${leaving.openPullRequest} is open from it, and cannot be merged without it.`}
        </DeleteRef>
      )}
    </>
  )
}

function BranchRow(props: { repository: RepositoryView; branch: BranchView; onDelete: () => void }) {
  const { repository, branch } = props
  const { project, name, myRole } = repository
  // As the server says it, and git’s terminal.
  const refusal =
    myRole === 'read'
      ? `You may read ${project}/${name}, but not change it.`
      : branch.isProtected
        ? `${branch.name} is protected and cannot be deleted.`
        : null
  return (
    <li className={styles.row}>
      <Box miw={0}>
        <Group gap="xs" mb={4}>
          <Anchor
            href={paths.repository(project, name, { ref: branch.name })}
            fw={600}
            style={{ overflowWrap: 'anywhere' }}
          >
            {branch.name}
          </Anchor>
          {branch.isDefault && <Tag>Default</Tag>}
          {branch.isProtected && <Tag>Protected</Tag>}
        </Group>
        <CommitLine repository={repository} commit={branch.tip} />
      </Box>
      <div className={styles.acts}>
        <Proposal repository={repository} branch={branch} />
        {/* Nobody looks for a way to delete the default branch. */}
        {!branch.isDefault && (
          <Tooltip label={refusal ?? `Delete ${branch.name}`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={refusal ? `Delete ${branch.name}: ${refusal}` : `Delete ${branch.name}`}
              {...(refusal === null ? {} : { 'data-disabled': true })}
              aria-disabled={refusal !== null}
              onClick={refusal === null ? props.onDelete : (event) => event.preventDefault()}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </li>
  )
}

/** The pull request that it has or had; else the way to one. */
function Proposal({ repository, branch }: { repository: RepositoryView; branch: BranchView }) {
  const { project, name, myRole } = repository
  const { openPullRequest, mergedPullRequest } = branch
  const number = openPullRequest ?? mergedPullRequest
  if (number !== null)
    return (
      <Anchor size="sm" href={paths.pullRequest(project, name, number)}>
        {openPullRequest === null ? `Merged by #${number}` : `Pull request #${number}`}
      </Anchor>
    )
  if (branch.isDefault || myRole === 'read') return null
  return (
    <Button
      component="a"
      size="xs"
      variant="default"
      href={paths.newPullRequest(project, name, { source: branch.name })}
    >
      Open pull request
    </Button>
  )
}

const Tag = ({ children }: React.PropsWithChildren) => (
  <Badge variant="default" tt="none" fw={500}>
    {children}
  </Badge>
)
