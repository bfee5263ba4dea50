import { Button, Text } from '@mantine/core'
import { counted } from '../../ui/plain-words.ts'
import styles from '../../ui/review.module.css'
import { useReviewing } from './reviewing.tsx'

/** Stays in sight while the change is read: what waits to be sent, and the way to a verdict. */
export function ReviewBar({ onReview }: { onReview: () => void }) {
  const { pullRequest, review } = useReviewing()
  if (!review?.can.comment || pullRequest.state !== 'open') return null
  const { draftCount } = review
  return (
    <div className={styles.bar} role="region" aria-label="Your review">
      <Text size="sm" c={draftCount > 0 ? 'inherit' : 'dimmed'} role="status">
        {draftCount > 0
          ? `${counted(draftCount, 'comment')} of yours ${draftCount === 1 ? 'waits' : 'wait'}: nobody else sees ${draftCount === 1 ? 'it' : 'them'} yet.`
          : 'Read it? Say what you think.'}
      </Text>
      <Button size="sm" onClick={onReview}>
        {draftCount > 0 ? 'Finish your review' : 'Review'}
      </Button>
    </div>
  )
}
