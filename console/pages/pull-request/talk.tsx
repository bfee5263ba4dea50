import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { paths } from '../../paths.ts'
import { CommentComposer } from '../../ui/comment-composer.tsx'
import { Oid } from '../../ui/oid.tsx'
import { PersonAvatar } from '../../ui/person-avatar.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useReviewing } from './reviewing.tsx'
import { ReviewItem } from './review-item.tsx'
import { foldMiddle, type TalkItem, talkItems } from './talk-items.ts'
import styles from './talk.module.css'
import { Thread } from './thread.tsx'

/** What happened and what was said, oldest first, and the place to say more. */
export function Talk() {
  const { pullRequest, review, error } = useReviewing()
  const items = useMemo(() => talkItems(pullRequest.timeline, review), [pullRequest.timeline, review])
  const [isWhole, setIsWhole] = useState(false)
  const wanted = useLocation({ select: ({ hash }) => hash }) || null
  const { first, hidden, last } = isWhole ? { first: items, hidden: 0, last: [] } : foldMiddle(items, wanted)
  const hasCome = review !== undefined
  useEffect(() => {
    if (hasCome && wanted) document.getElementById(wanted)?.scrollIntoView({ block: 'center' })
  }, [hasCome, wanted])
  return (
    <Stack gap="lg" component="section" aria-label="Conversation">
      <Items items={first} />
      {hidden > 0 && (
        <Button variant="default" onClick={() => setIsWhole(true)}>
          Show {hidden.toLocaleString('en')} more in between
        </Button>
      )}
      <Items items={last} />
      {!review && !error && <RowSkeletons rows={3} />}
      <ProblemAlert error={error} />
      <NewComment />
    </Stack>
  )
}

const Items = ({ items }: { items: readonly TalkItem[] }) =>
  items.length > 0 && (
    <Box component="ol" className={styles.items}>
      {items.map((item) => (
        <li key={item.key} className={styles.item}>
          <Item item={item} />
        </li>
      ))}
    </Box>
  )

function Item({ item }: { item: TalkItem }) {
  if (item.kind === 'thread') return <Thread thread={item.thread} />
  if (item.kind === 'review') return <ReviewItem review={item.review} />
  return <Happened event={item.event} />
}

function Happened({ event }: { event: Extract<TalkItem, { kind: 'event' }>['event'] }) {
  const { place } = useReviewing()
  const { oid, sentence } = event
  // A commit that the sentence names is linked where it stands.
  const [before = '', after = ''] = oid === null ? [sentence] : sentence.split(oid.slice(0, 10))
  return (
    <Group gap={10} wrap="nowrap" align="flex-start">
      {event.actor ? <PersonAvatar person={event.actor} size="xs" /> : <Box w={20} />}
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {before.trimEnd()} {oid && <Oid oid={oid} href={paths.commit(place.project, place.name, oid)} />}
        {after}{' '}
        <Text span inherit c="dimmed">
          <TimeAgo at={event.at} />
        </Text>
      </Text>
    </Group>
  )
}

/** About the whole of it. */
function NewComment() {
  const { pullRequest, review, acts, markdown } = useReviewing()
  if (!review?.can.comment) return null
  const { id, headOid } = pullRequest
  return (
    <CommentComposer
      keptAs={`${id}:new`}
      label="Your comment"
      placeholder="Say something about the whole change"
      preview={markdown}
      acts={[{ label: 'Comment', run: (body) => acts.begin({ body, isDraft: false, headOid }) }]}
    />
  )
}
