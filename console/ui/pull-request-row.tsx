import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import {
  IconGitMerge,
  IconGitPullRequest,
  IconGitPullRequestClosed,
  IconGitPullRequestDraft,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PullRequestSummary } from '../api/shapes.ts'
import { revealHidden } from './code-hidden.ts'
import { ReviewMarks } from './review-marks.tsx'
import { TimeAgo } from './time-ago.tsx'

const states = {
  draft: { label: 'Draft', color: 'var(--mantine-color-dimmed)', icon: IconGitPullRequestDraft },
  open: { label: 'Open', color: 'var(--mantine-color-anchor)', icon: IconGitPullRequest },
  merged: {
    label: 'Merged',
    color: 'light-dark(var(--mantine-color-teal-8), var(--mantine-color-teal-4))',
    icon: IconGitMerge,
  },
  closed: { label: 'Closed', color: 'var(--mantine-color-dimmed)', icon: IconGitPullRequestClosed },
}

const reviewWords = { none: null, approved: 'approved', 'changes-requested': 'changes asked for' }
const checkWords = { success: 'checks passed', pending: 'checks running', failure: 'checks failed' }

/** What people and programs said, as far as an open one still waits for it. */
function heard({ state, reviewState, checkState }: PullRequestSummary): string {
  if (state !== 'open') return ''
  const words = [reviewWords[reviewState], checkState && checkWords[checkState]].filter(Boolean)
  return words.length === 0 ? '' : `; ${words.join(', ')}`
}

interface PullRequestRowProps {
  pullRequest: PullRequestSummary
  href: string
  /** Say which repository, where the list has several. */
  showRepository?: boolean
  /** At the right end: a badge or a button. */
  aside?: ReactNode
}

export function PullRequestRow({ pullRequest, href, showRepository = false, aside }: PullRequestRowProps) {
  const isDraft = pullRequest.state === 'open' && pullRequest.isDraft
  const { label, color, icon: Icon } = states[isDraft ? 'draft' : pullRequest.state]
  const { repository, number, title, author, sourceBranch, targetBranch, createdAt } = pullRequest
  return (
    <Group justify="space-between" gap="sm">
      <Group wrap="nowrap" align="flex-start" gap="sm" miw={0} flex="1 1 260px">
        <Text span c={color} lh={1} mt={4} title={label}>
          <Icon size={18} role="img" aria-label={label} />
        </Text>
        <Stack gap={2} miw={0}>
          <Anchor href={href} fw={550} style={{ overflowWrap: 'anywhere' }}>
            {revealHidden(title)}
          </Anchor>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {showRepository && repository}#{number} by {author.displayName}, <TimeAgo at={createdAt} />, {sourceBranch}{' '}
            into {targetBranch}
            {heard(pullRequest)}
          </Text>
        </Stack>
      </Group>
      <Group gap="sm" wrap="nowrap">
        {isDraft && (
          <Badge variant="default" tt="none" fw={500}>
            Draft
          </Badge>
        )}
        {pullRequest.state === 'open' && <ReviewMarks {...pullRequest} />}
        {aside}
      </Group>
    </Group>
  )
}
