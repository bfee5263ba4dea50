import { Anchor, Box, Code, Group } from '@mantine/core'
import type { PullRequestView, RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { PersonName } from '../../ui/person-avatar.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { Changes } from '../code/changes.tsx'
import { CommitList } from '../code/commit-list.tsx'
import { RepositoryFrame } from '../code/repository-frame.tsx'
import frame from '../code/repository-frame.module.css'
import { Conversation } from './conversation.tsx'
import { ProofTab } from './proof-tab.tsx'
import { StateBadge } from './state-badge.tsx'
import { TitleLine } from './title-line.tsx'
import {
  type PullRequestPlace,
  type PullRequestTabProps,
  usePullRequest,
  usePullRequestPlace,
} from './use-pull-request.ts'

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

function PullRequest({ place, repository }: { place: PullRequestPlace; repository: RepositoryView }) {
  const { pullRequest } = usePullRequest(place)
  const asked = useUrlQuery()['tab']
  const tab = TABS.find((name) => name === asked) ?? 'conversation'
  return (
    <>
      <TitleLine place={place} pullRequest={pullRequest} />
      <Summary place={place} pullRequest={pullRequest} />
      <TabLinks place={place} pullRequest={pullRequest} tab={tab} />
      <TabBody tab={tab} place={place} repository={repository} pullRequest={pullRequest} />
    </>
  )
}

const Summary = ({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) => {
  const { project, name } = place
  const { commitCount, sourceBranch, targetBranch } = pullRequest
  return (
    <Group gap="sm" mt="xs">
      <StateBadge state={pullRequest.state} />
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

function TabBody({ tab, ...props }: PullRequestTabProps & { tab: Tab }) {
  const { place, repository } = props
  switch (tab) {
    case 'conversation':
      return <Conversation {...props} />
    case 'files':
      return <Changes source={diffSource(props)} viewedSubject={`${repository.id}#${place.number}`} />
    case 'commits':
      return <CommitList repository={repository} api={`${place.pullApi}/commits`} />
    default:
      return <ProofTab {...props} />
  }
}

const diffSource = ({ place, pullRequest }: PullRequestTabProps) => ({
  api: `${place.pullApi}/files`,
  version: `${pullRequest.mergeBaseOid} ${pullRequest.headOid} ${pullRequest.mergeOid}`,
})
