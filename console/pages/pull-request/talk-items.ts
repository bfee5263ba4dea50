import type { PullRequestView, ReviewState, ReviewView, ThreadView } from '../../api/shapes.ts'

type Event = PullRequestView['timeline'][number]

/** What happened to a pull request and what was said, as one story. */
export type TalkItem =
  | { kind: 'event'; at: number; key: string; event: Event }
  | { kind: 'review'; at: number; key: string; review: ReviewView }
  | { kind: 'thread'; at: number; key: string; thread: ThreadView }

const isDraft = ({ comments }: ThreadView) => comments.every((comment) => comment.isDraft)

/** A verdict is told once, by itself, and not by its event too. */
function toldByReviews(reviews: readonly ReviewView[]): (event: Event) => boolean {
  const moments = new Set(
    reviews.flatMap(({ createdAt, reviewer, dismissed }) => [
      `${createdAt} ${reviewer.id}`,
      ...(dismissed ? [`${dismissed.at} ${dismissed.by?.id}`] : []),
    ]),
  )
  return ({ at, actor }) => moments.has(`${at} ${actor?.id}`)
}

/** Oldest first. Drafts stand with the lines they are about, not in the story: nobody has said them yet. */
export function talkItems(
  timeline: readonly Event[],
  review: Pick<ReviewState, 'threads' | 'reviews'> | undefined,
): TalkItem[] {
  const isTold = toldByReviews(review?.reviews ?? [])
  const items: TalkItem[] = [
    ...timeline
      .map((event, index) => ({ kind: 'event' as const, at: event.at, key: `event ${index}`, event }))
      .filter(({ event }) => !isTold(event)),
    ...(review?.reviews ?? []).map((one) => ({ kind: 'review' as const, at: one.createdAt, key: one.id, review: one })),
    ...(review?.threads ?? [])
      .filter((thread) => !isDraft(thread))
      .map((thread) => ({ kind: 'thread' as const, at: thread.createdAt, key: thread.id, thread })),
  ]
  return items.sort((a, b) => a.at - b.at)
}

/** Of a long story its beginning and its end are drawn, the rest when it is asked for. */
export const SHOWN_FIRST = 5
export const SHOWN_LAST = 15

/** The two ends, and how many stand between them. `wanted` is never folded away. */
export function foldMiddle(items: readonly TalkItem[], wanted: string | null) {
  const hidden = items.length - SHOWN_FIRST - SHOWN_LAST
  const middle = items.slice(SHOWN_FIRST, SHOWN_FIRST + hidden)
  if (hidden < 5 || middle.some((item) => isAbout(item, wanted))) return { first: items, hidden: 0, last: [] }
  return { first: items.slice(0, SHOWN_FIRST), hidden, last: items.slice(-SHOWN_LAST) }
}

const isAbout = (item: TalkItem, id: string | null) =>
  id !== null &&
  (item.key === id || (item.kind === 'thread' && item.thread.comments.some((comment) => comment.id === id)))
