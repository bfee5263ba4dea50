import { Anchor, Box, Code, Group } from '@mantine/core'
import { useState } from 'react'
import { getQuery, queryClient } from '../../api/queries.ts'
import { reviewQuery } from '../../api/review.ts'
import type { PullRequestView, RepositoryView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { loadDiffView } from '../../ui/diff-view-loaded.tsx'
import { PersonName } from '../../ui/person-avatar.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { CommitList } from '../code/commit-list.tsx'
import { summaryQuery } from '../code/diff-queries.ts'
import { RepositoryFrame } from '../code/repository-frame.tsx'
import frame from '../code/repository-frame.module.css'
import { BypassBanner } from './bypass-banner.tsx'
import { Conversation } from './conversation.tsx'
import { FilesTab } from './files-tab.tsx'
import { changeOf } from './change-of.ts'
import { ProofTab } from './proof-tab.tsx'
import { ReviewBar } from './review-bar.tsx'
import { ReviewDialog } from './review-dialog.tsx'
import { ReviewingProvider, useReviewing } from './reviewing.tsx'
import { StateBadge } from './state-badge.tsx'
import { TitleLine } from './title-line.tsx'
import { type PullRequestPlace, usePullRequest, usePullRequestPlace } from './use-pull-request.ts'

const TABS = ['conversation', 'files', 'commits', 'proof'] as const
type Tab = (typeof TABS)[number]

export function PullRequestPage() {
  const place = usePullRequestPlace()
  return (
    <RepositoryFrame tab="pull-requests" title={`#${place.number}`}>
      {(repository) => <PullRequest place={place} repository={repository} />}
    </RepositoryFrame>
  )
}

/** What was said, and where the change is looked at the list of its files, come together with the page, not after it. */
export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '', number = '' }, search }) => {
  const pullApi = `${repositoryApi(project, repository)}/pull-requests/${Number(number)}`
  const isChange = search['tab'] === 'files'
  return [queryClient.ensureQueryData(reviewQuery(pullApi)), ...(isChange ? [loadDiffView(), fetchFiles(pullApi)] : [])]
}

async function fetchFiles(pullApi: string): Promise<unknown> {
  const source = changeOf(pullApi, await queryClient.ensureQueryData(getQuery<PullRequestView>(pullApi)))
  return queryClient.ensureQueryData(summaryQuery(source))
}

function PullRequest({ place, repository }: { place: PullRequestPlace; repository: RepositoryView }) {
  const { pullRequest } = usePullRequest(place)
  const asked = useUrlQuery()['tab']
  const tab = TABS.find((name) => name === asked) ?? 'conversation'
  return (
    <ReviewingProvider place={place} repository={repository} pullRequest={pullRequest}>
      <TitleLine place={place} pullRequest={pullRequest} />
      <Summary place={place} pullRequest={pullRequest} />
      <TabLinks place={place} pullRequest={pullRequest} tab={tab} />
      <BypassBanner place={place} pullRequest={pullRequest} />
      <TabBody tab={tab} />
    </ReviewingProvider>
  )
}

const Summary = ({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) => {
  const { project, name } = place
  const { commitCount, sourceBranch, targetBranch } = pullRequest
  return (
    <Group gap="sm" mt="xs">
      <StateBadge {...pullRequest} />
      <Group gap={6} fz="sm">
        <PersonName person={pullRequest.author} size="xs" />
        {pullRequest.state === 'merged' ? 'proposed' : 'wants to merge'} {commitCount.toLocaleString('en')}{' '}
        {commitCount === 1 ? 'commit' : 'commits'} from
        <Branch href={paths.repository(project, name, { ref: sourceBranch })}>{sourceBranch}</Branch>
        into
        <Branch href={paths.repository(project, name, { ref: targetBranch })}>{targetBranch}</Branch>
      </Group>
    </Group>
  )
}

const Branch = ({ href, children }: { href: string; children: string }) => (
  <Anchor href={href} inherit>
    <Code style={{ overflowWrap: 'anywhere' }}>{children}</Code>
  </Anchor>
)

function TabLinks({ place, pullRequest, tab }: { place: PullRequestPlace; pullRequest: PullRequestView; tab: Tab }) {
  const labels: Record<Tab, string> = {
    conversation: 'Conversation',
    files: 'Files',
    commits: 'Commits',
    proof: 'Proof',
  }
  return (
    <Box component="nav" aria-label="Pull request" className={frame.tabs}>
      {TABS.map((name) => (
        <a
          key={name}
          className={frame.tab}
          href={paths.pullRequest(place.project, place.name, place.number, {
            tab: name === 'conversation' ? null : name,
          })}
          aria-current={name === tab ? 'page' : undefined}
        >
          {labels[name]}
          {name === 'commits' && <span className={frame.count}>{pullRequest.commitCount.toLocaleString('en')}</span>}
        </a>
      ))}
    </Box>
  )
}

function TabBody({ tab }: { tab: Tab }) {
  const { place, repository, pullRequest, review } = useReviewing()
  const [isReviewing, setIsReviewing] = useState(false)
  const start = () => setIsReviewing(true)
  return (
    <>
      {tab === 'conversation' && <Conversation onReview={start} />}
      {tab === 'files' && <FilesTab />}
      {tab === 'commits' && <CommitList repository={repository} api={`${place.pullApi}/commits`} />}
      {tab === 'proof' && <ProofTab place={place} repository={repository} pullRequest={pullRequest} />}
      {(tab === 'files' || (review?.draftCount ?? 0) > 0) && <ReviewBar onReview={start} />}
      {isReviewing && review && <ReviewDialog review={review} onClose={() => setIsReviewing(false)} />}
    </>
  )
}
