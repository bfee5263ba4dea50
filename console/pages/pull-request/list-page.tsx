/** Pull requests: proposing a change, looking at it, and merging it with a tap. What may be merged is the server's word. */
import { Anchor, Box, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { IconGitPullRequest } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { pagesQuery } from '../../api/queries.ts'
import type { PullRequestSummary, RepositoryView } from '../../api/shapes.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReviewMarks } from '../../ui/review-marks.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useUrlState } from '../../url-state.ts'
import { RepositoryFrame, SectionTitle } from '../code/repository-frame.tsx'
import rows from '../code/rows.module.css'
import { StateBadge } from './state-badge.tsx'

const STATES = ['open', 'draft', 'merged', 'closed'] as const
type State = (typeof STATES)[number]

export const PullRequestListPage = () => (
  <RepositoryFrame tab="pull-requests" title="Pull requests">
    {(repository) => <PullRequests repository={repository} />}
  </RepositoryFrame>
)

function PullRequests({ repository }: { repository: RepositoryView }) {
  const { project, name } = repository
  const [asked, setState] = useUrlState<State>('state', 'open')
  const state = STATES.find((known) => known === asked) ?? 'open'
  const list = useInfiniteQuery(
    pagesQuery<PullRequestSummary>(`${repositoryApi(project, name)}/pull-requests`, { state }),
  )
  const items = list.data?.pages.flatMap((page) => page.items)
  const mayOpen = repository.myRole !== 'read' && !repository.isEmpty
  /** There is nothing to read here yet, and what to do stands where it would be. */
  const leads = state === 'open' && items?.length === 0
  const open = (
    <Button component="a" href={paths.newPullRequest(project, name)}>
      Open a pull request
    </Button>
  )
  return (
    <>
      <SectionTitle action={mayOpen && !leads && open}>Pull requests</SectionTitle>
      <SegmentedControl
        mb="md"
        value={state}
        onChange={(value) => setState(value)}
        aria-label="Which pull requests"
        data={[
          { value: 'open', label: 'Open' },
          { value: 'draft', label: 'Drafts' },
          { value: 'merged', label: 'Merged' },
          { value: 'closed', label: 'Closed' },
        ]}
      />
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons />}
      {items?.length === 0 && (
        <EmptyState
          title={`No ${state} pull requests`}
          icon={<IconGitPullRequest size={28} />}
          action={leads && mayOpen && open}
        >
          {state === 'open' && 'Push a branch, then propose it here. Merging takes one tap.'}
        </EmptyState>
      )}
      {items && items.length > 0 && (
        <ul className={rows.rows}>
          {items.map((item) => (
            <Row key={item.id} project={project} name={name} item={item} />
          ))}
        </ul>
      )}
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </>
  )
}

const Row = ({ project, name, item }: { project: string; name: string; item: PullRequestSummary }) => (
  <li className={rows.row}>
    <Box miw={0}>
      <Anchor
        href={paths.pullRequest(project, name, item.number)}
        c="inherit"
        fw={600}
        style={{ overflowWrap: 'anywhere' }}
      >
        {revealHidden(item.title)}
      </Anchor>
      <Text size="sm" c="dimmed">
        #{item.number} by {item.author.displayName}, <TimeAgo at={item.updatedAt} /> · {item.sourceBranch} into{' '}
        {item.targetBranch}
      </Text>
    </Box>
    <Group gap="sm" wrap="nowrap">
      {item.state === 'open' && <ReviewMarks {...item} />}
      <PersonAvatar person={item.author} />
      <StateBadge {...item} />
    </Group>
  </li>
)
