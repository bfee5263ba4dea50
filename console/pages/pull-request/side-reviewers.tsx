import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCheck, IconClock, IconMessage, IconUsers, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReviewerView, ReviewState } from '../../api/shapes.ts'
import { useMaybeMe } from '../../api/use-me.ts'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import styles from '../../ui/review.module.css'
import { ReviewerPicker } from './reviewer-picker.tsx'
import { useReviewing } from './reviewing.tsx'

const STATES: Record<ReviewerView['state'], { words: string; icon: typeof IconCheck }> = {
  approved: { words: 'Approved', icon: IconCheck },
  'changes-requested': { words: 'Asked for changes', icon: IconX },
  commented: { words: 'Commented', icon: IconMessage },
  waiting: { words: 'Has not said anything yet', icon: IconClock },
}

const idsOf = (reviewers: readonly ReviewerView[], kind: ReviewerView['kind']) =>
  reviewers.filter((reviewer) => reviewer.isRequested && reviewer.kind === kind).map(({ id }) => id)

const askedOnceReady = 'Reviewers are asked once it is ready for review.'

/** Who was asked to look, who owns what changes, and what each said about the head of now. */
export function Reviewers({ review, onReview }: { review: ReviewState; onReview: () => void }) {
  const { pullRequest, acts } = useReviewing()
  const { reviewers, can } = review
  const [isAsking, setIsAsking] = useState(false)
  const ask = useMutation({
    mutationFn: (next: readonly ReviewerView[]) => acts.askReviewers(idsOf(next, 'user'), idsOf(next, 'group')),
  })
  const isOpen = pullRequest.state === 'open'
  const isDraft = isOpen && pullRequest.isDraft
  const me = useMaybeMe()
  const hasReviewed = review.reviews.some(({ reviewer }) => reviewer.id === me?.id)
  return (
    <Paper withBorder p="md" component="section" aria-label="Reviewers">
      <Stack gap="sm">
        <Title order={2} fz="md">
          Reviewers
        </Title>
        {reviewers.length === 0 ? (
          <Text size="sm" c="dimmed">
            {isDraft ? askedOnceReady : 'Nobody was asked to look at this.'}
          </Text>
        ) : (
          <ul className={styles.people}>
            {reviewers.map((reviewer) => (
              <Reviewer
                key={`${reviewer.kind} ${reviewer.id}`}
                reviewer={reviewer}
                onRemove={
                  can.requestReviewers && isOpen && reviewer.isRequested
                    ? () => ask.mutate(reviewers.filter((other) => other !== reviewer))
                    : null
                }
              />
            ))}
          </ul>
        )}
        {isDraft && reviewers.length > 0 && (
          <Text size="sm" c="dimmed">
            {askedOnceReady}
          </Text>
        )}
        <ProblemAlert error={ask.error} />
        {isOpen && isAsking && (
          <ReviewerPicker
            known={reviewers.filter(({ isRequested }) => isRequested)}
            isSaving={ask.isPending}
            onPick={async (picked) => {
              await ask.mutateAsync([
                ...reviewers,
                { ...picked, state: 'waiting', isCodeOwner: false, isRequested: true },
              ])
              setIsAsking(false)
            }}
            onClose={() => setIsAsking(false)}
          />
        )}
        {isOpen && (can.comment || can.requestReviewers) && !isAsking && (
          <Group gap="xs">
            {can.requestReviewers && (
              <Button size="xs" variant="default" onClick={() => setIsAsking(true)}>
                Ask somebody
              </Button>
            )}
            {can.comment && (
              <Button size="xs" variant="light" onClick={onReview}>
                {hasReviewed ? 'Review it again' : 'Review it yourself'}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

function Reviewer({ reviewer, onRemove }: { reviewer: ReviewerView; onRemove: (() => void) | null }) {
  const { name, displayName, kind, state, isCodeOwner } = reviewer
  const { words, icon: Icon } = STATES[state]
  return (
    <li className={styles.person}>
      {kind === 'group' ? (
        <IconUsers size={18} aria-hidden style={{ flex: 'none' }} />
      ) : (
        <PersonAvatar person={{ username: name, displayName }} size="xs" />
      )}
      <span className={styles.personName} title={name}>
        {displayName}
      </span>
      {isCodeOwner && (
        <Badge variant="default" tt="none" fw={500} title="CODEOWNERS names them for files that change here">
          Owner
        </Badge>
      )}
      <span className={styles.verdict} data-verdict={state} role="img" aria-label={words} title={words}>
        <Icon size={13} aria-hidden />
      </span>
      {onRemove && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`No longer ask ${displayName}`}
          onClick={onRemove}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </li>
  )
}
