import { Group } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconChecks, IconClock, IconX } from '@tabler/icons-react'
import type { PullRequestSummary } from '../api/shapes.ts'
import styles from './review.module.css'

const REVIEWS = {
  approved: { words: 'Approved', look: 'approved', icon: IconCheck },
  'changes-requested': { words: 'Changes are asked for', look: 'changes-requested', icon: IconX },
}

const CHECKS = {
  success: { words: 'Its checks passed', look: 'approved', icon: IconChecks },
  pending: { words: 'Its checks are running', look: 'waiting', icon: IconClock },
  failure: { words: 'A check failed', look: 'changes-requested', icon: IconAlertTriangle },
}

/** At a glance, in a list: what people and programs said about the head. Draws nothing where nobody said anything. */
export function ReviewMarks({ reviewState, checkState }: Pick<PullRequestSummary, 'reviewState' | 'checkState'>) {
  const marks = [
    ...(reviewState === 'none' ? [] : [REVIEWS[reviewState]]),
    ...(checkState === null ? [] : [CHECKS[checkState]]),
  ]
  if (marks.length === 0) return null
  return (
    <Group gap={4} wrap="nowrap" component="span">
      {marks.map(({ words, look, icon: Icon }) => (
        <span key={words} className={styles.verdict} data-verdict={look} role="img" aria-label={words} title={words}>
          <Icon size={13} aria-hidden />
        </span>
      ))}
    </Group>
  )
}
