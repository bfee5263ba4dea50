import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconMessage, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Proof, ReviewView } from '../../api/shapes.ts'
import { useMaybeMe } from '../../api/use-me.ts'
import { CommentBody } from '../../ui/comment-body.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import styles from '../../ui/review.module.css'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { DismissReview } from './dismiss-review.tsx'
import { useReviewing } from './reviewing.tsx'

const VERDICTS = {
  approved: { words: 'approved this', icon: IconCheck },
  'changes-requested': { words: 'asked for changes', icon: IconX },
  commented: { words: 'reviewed this', icon: IconMessage },
}

/** A verdict in the story: whose, over which head, whether it counts now, and for an approval its proof. */
export function ReviewItem({ review }: { review: ReviewView }) {
  const { markdown } = useReviewing()
  const me = useMaybeMe()
  const [isDismissing, setIsDismissing] = useState(false)
  const { reviewer, verdict, body, dismissed, whyNot } = review
  const { words, icon: Icon } = VERDICTS[verdict]
  const isMine = reviewer.id === me?.id
  return (
    <article id={review.id} className={styles.review} aria-label={`${reviewer.displayName} ${words}`}>
      <Group gap={8}>
        <span className={styles.verdict} data-verdict={dismissed ? 'over' : verdict}>
          <Icon size={13} aria-hidden />
        </span>
        <PersonAvatar person={reviewer} size="xs" />
        <Text size="sm">
          <strong>{reviewer.displayName}</strong> {words}{' '}
          <Text span inherit c="dimmed">
            <TimeAgo at={review.createdAt} />
          </Text>
        </Text>
        {verdict === 'approved' && review.statementDigest !== null && (
          <ProofMark
            proof={approvalProof(review)}
            card={<ProofCard proof={approvalProof(review)} verifyLines={[]} />}
          />
        )}
        {dismissed ? (
          <Over>{isTakenBack(review) ? 'Taken back' : 'Dismissed'}</Over>
        ) : (
          verdict === 'approved' && !review.counts && <Over>Does not count</Over>
        )}
        {review.can.dismiss && !dismissed && (
          <Anchor component="button" type="button" size="sm" ml="auto" onClick={() => setIsDismissing(true)}>
            {isMine ? 'Take it back' : 'Dismiss'}
          </Anchor>
        )}
      </Group>
      {(body !== '' || dismissed || whyNot !== null) && (
        <Stack gap={6} className={styles.words}>
          {body !== '' && <CommentBody text={body} render={markdown} />}
          {whyNot !== null && !dismissed && (
            <Text size="sm" c="dimmed">
              {whyNot}
            </Text>
          )}
          {dismissed && (
            <Text size="sm" c="dimmed">
              {isTakenBack(review)
                ? `${reviewer.displayName} took it back`
                : `${dismissed.by?.displayName ?? 'Somebody'} dismissed it`}
              , <TimeAgo at={dismissed.at} />
              {dismissed.reason !== '' && `: ${dismissed.reason}`}
            </Text>
          )}
        </Stack>
      )}
      {isDismissing && <DismissReview review={review} isMine={isMine} onClose={() => setIsDismissing(false)} />}
    </article>
  )
}

const Over = ({ children }: { children: string }) => (
  <Badge variant="default" tt="none" fw={500}>
    {children}
  </Badge>
)

const isTakenBack = ({ dismissed, reviewer }: ReviewView) => dismissed?.by?.id === reviewer.id

/** The same mark and card as at every other proof. Whether it still counts is said beside it. */
const approvalProof = (review: ReviewView): Proof => ({
  oid: review.headOid,
  state: 'proven',
  by: review.reviewer,
  credentialName: review.credentialName,
  strength: review.strength,
  userVerified: null,
  isSignedPush: false,
  sealedAt: review.createdAt,
  action: 'approve',
  statementDigest: review.statementDigest,
  stockVerifiable: null,
  weaker: null,
})
