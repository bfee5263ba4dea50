import { Badge } from '@mantine/core'
import {
  IconGitMerge,
  IconGitPullRequest,
  IconGitPullRequestClosed,
  IconGitPullRequestDraft,
} from '@tabler/icons-react'
import type { PullRequestSummary } from '../../api/shapes.ts'

const STATES = {
  draft: { label: 'Draft', color: 'gray', icon: IconGitPullRequestDraft },
  open: { label: 'Open', color: 'teal', icon: IconGitPullRequest },
  merged: { label: 'Merged', color: 'postern', icon: IconGitMerge },
  closed: { label: 'Closed', color: 'gray', icon: IconGitPullRequestClosed },
}

export function StateBadge({ state, isDraft }: Pick<PullRequestSummary, 'state' | 'isDraft'>) {
  const { label, color, icon: Icon } = STATES[state === 'open' && isDraft ? 'draft' : state]
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      size="lg"
      fw={600}
      leftSection={<Icon size={15} aria-hidden />}
      styles={{
        root: {
          color: `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9) 75%, black), var(--mantine-color-${color}-2))`,
        },
      }}
    >
      {label}
    </Badge>
  )
}
