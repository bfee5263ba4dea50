import { Button, UnstyledButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ThreadView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { CommentComposer } from '../../ui/comment-composer.tsx'
import { readKept } from '../../ui/comment-kept.ts'
import { splitSuggestion } from '../../ui/comment-suggestion.ts'
import { rangeWords } from '../../ui/diff-lines.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ThreadFrame } from '../../ui/thread-frame.tsx'
import { ThreadSnippet } from '../../ui/thread-snippet.tsx'
import styles from '../../ui/thread.module.css'
import { useReviewing } from './reviewing.tsx'
import { ThreadComment } from './thread-comment.tsx'
import { writeActs } from './write-acts.ts'

interface ThreadProps {
  thread: ThreadView
  /** Below its own lines, or in the card of its file, where less has to be said. */
  at?: 'lines' | 'file'
}

/** One thread: what it is about, what was said, an answer, and whether it is settled. */
export function Thread({ thread, at }: ThreadProps) {
  const { place } = useReviewing()
  const { path, isOutdated, resolvedAt, resolvedBy, original, comments } = thread
  const [isUnfolded, setIsUnfolded] = useState(false)
  const isOpen = resolvedAt === null || isUnfolded
  const where = whereWords(thread)
  const isSnippetShown = at !== 'lines' && path !== null && original.snippet !== ''
  return (
    <ThreadFrame
      id={thread.id}
      label={path === null ? 'Comment' : `Thread on ${path}${where ? `, ${where.toLowerCase()}` : ''}`}
      about={
        path === null || at !== undefined
          ? null
          : {
              text: path,
              href: `${paths.pullRequest(place.project, place.name, place.number, { tab: 'files' })}#${thread.id}`,
            }
      }
      where={at === 'lines' && (thread.startLine ?? thread.line) === thread.line ? null : where}
      isOutdated={isOutdated}
      resolved={resolvedAt === null ? null : `${resolvedBy?.displayName ?? 'Somebody'} resolved this`}
      isOpen={isOpen}
      onToggle={() => setIsUnfolded(!isUnfolded)}
      summary={summaryOf(comments)}
    >
      {isSnippetShown && <ThreadSnippet path={path} snippet={original.snippet} lastLine={original.line} />}
      <div className={styles.talk}>
        {comments.map((comment) => (
          <ThreadComment key={comment.id} thread={thread} comment={comment} />
        ))}
        <ThreadFoot thread={thread} />
      </div>
    </ThreadFrame>
  )
}

function summaryOf(comments: ThreadView['comments']): string {
  const body = comments.find(({ isDeleted }) => !isDeleted)?.body ?? ''
  const suggested = splitSuggestion(body)
  return suggested ? suggested.before || suggested.after || 'Suggested other lines' : body
}

/** Where it stands now; as it was written where those lines are gone. */
function whereWords({ path, side, line, startLine, isOutdated, original }: ThreadView): string | null {
  if (path === null) return null
  const [last, first] = isOutdated ? [original.line, original.startLine] : [line, startLine]
  if (last === null) return isOutdated ? null : 'The whole file'
  return rangeWords({ side: side ?? 'head', startLine: first ?? last, line: last })
}

function ThreadFoot({ thread }: { thread: ThreadView }) {
  const { pullRequest, review, acts, markdown } = useReviewing()
  const keptAs = `${pullRequest.id}:reply:${thread.id}`
  const [isReplying, setIsReplying] = useState(() => readKept(sessionStorage, keptAs) !== null)
  const isResolved = thread.resolvedAt !== null
  const resolve = useMutation({ mutationFn: () => acts.setResolved(thread.id, !isResolved) })
  if (isReplying && thread.can.reply)
    return (
      <CommentComposer
        keptAs={keptAs}
        label="Your reply"
        preview={markdown}
        hasFocus
        acts={writeActs({
          draftCount: review?.draftCount ?? 0,
          isAlone: thread.path === null,
          isOnlyDraft: thread.comments[0]?.isDraft ?? false,
          run: async (body, isDraft) => {
            await acts.reply(thread.id, body, isDraft)
            setIsReplying(false)
          },
        })}
        onCancel={() => setIsReplying(false)}
      />
    )
  if (!thread.can.reply && !thread.can.resolve) return null
  return (
    <>
      <ProblemAlert error={resolve.error} />
      <div className={styles.foot}>
        {thread.can.reply && (
          <UnstyledButton className={styles.reply} onClick={() => setIsReplying(true)}>
            Reply…
          </UnstyledButton>
        )}
        {thread.can.resolve && !(thread.comments[0]?.isDraft ?? false) && (
          <Button size="xs" variant="default" loading={resolve.isPending} onClick={() => resolve.mutate()}>
            {isResolved ? 'Open again' : 'Resolve'}
          </Button>
        )}
      </div>
    </>
  )
}
