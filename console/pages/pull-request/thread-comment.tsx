import { useMutation } from '@tanstack/react-query'
import { Stack } from '@mantine/core'
import { useState } from 'react'
import type { CommentView as Comment, ThreadView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { CommentBody } from '../../ui/comment-body.tsx'
import { CommentComposer } from '../../ui/comment-composer.tsx'
import { splitSuggestion } from '../../ui/comment-suggestion.ts'
import { SuggestionView } from '../../ui/comment-suggestion-view.tsx'
import { CommentView } from '../../ui/comment-view.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReviewing } from './reviewing.tsx'

/** A comment in its thread: read, changed, taken away, and where it suggests other lines, applied. */
export function ThreadComment({ thread, comment }: { thread: ThreadView; comment: Comment }) {
  const { pullRequest, acts, markdown } = useReviewing()
  const [isEditing, setIsEditing] = useState(false)
  const [isDeleting, setIsDeleting] = useState(false)
  return (
    <CommentView comment={comment} onEdit={() => setIsEditing(true)} onDelete={() => setIsDeleting(true)}>
      {isEditing ? (
        <CommentComposer
          keptAs={`${pullRequest.id}:edit:${comment.id}`}
          label="Change the comment"
          initial={comment.body}
          preview={markdown}
          hasFocus
          acts={[
            {
              label: 'Save',
              run: async (body) => {
                await acts.edit(comment.id, body)
                setIsEditing(false)
              },
            },
          ]}
          onCancel={() => setIsEditing(false)}
        />
      ) : comment.suggestion ? (
        <Suggested thread={thread} comment={comment} suggestion={comment.suggestion} />
      ) : (
        <CommentBody text={comment.body} render={markdown} />
      )}
      {isDeleting && <Delete comment={comment} onClose={() => setIsDeleting(false)} />}
    </CommentView>
  )
}

function Delete({ comment, onClose }: { comment: Comment; onClose: () => void }) {
  const { acts } = useReviewing()
  const act = useMutation({ mutationFn: () => acts.remove(comment.id) })
  return (
    <ConfirmDialog isOpen title="Delete this comment?" confirmLabel="Delete it" act={act} onClose={onClose}>
      Its words are gone for everybody. The ledger keeps that there was one, and who deleted it.
    </ConfirmDialog>
  )
}

interface SuggestedProps {
  thread: ThreadView
  comment: Comment
  suggestion: NonNullable<Comment['suggestion']>
}

function Suggested({ thread, comment, suggestion }: SuggestedProps) {
  const { place, acts, markdown } = useReviewing()
  const apply = useMutation({ mutationFn: () => acts.apply(comment.id) })
  const parts = splitSuggestion(comment.body)
  return (
    <Stack gap={8}>
      {parts?.before && <CommentBody text={parts.before} render={markdown} />}
      <SuggestionView
        from={linesOf(thread)}
        to={parts?.lines ?? suggestion.text.split('\n')}
        refusal={suggestion.refusal}
        appliedOid={suggestion.appliedOid}
        commitHref={(oid) => paths.commit(place.project, place.name, oid)}
        isApplying={apply.isPending}
        onApply={() => apply.mutate()}
      />
      {parts?.after && <CommentBody text={parts.after} render={markdown} />}
      <ProblemAlert error={apply.error} />
    </Stack>
  )
}

/** The lines a thread is about: the last ones of its snippet, which may begin earlier. */
function linesOf({ original: { line, startLine, snippet } }: ThreadView): string[] {
  if (line === null || snippet === '') return []
  return snippet
    .replace(/\n$/, '')
    .split('\n')
    .slice(-(line - (startLine ?? line) + 1))
}
