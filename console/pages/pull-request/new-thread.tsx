import { Paper, Text } from '@mantine/core'
import type { DiffFile } from '../../api/shapes.ts'
import { CommentComposer } from '../../ui/comment-composer.tsx'
import { type DiffRange, rangeWords } from '../../ui/diff-lines.ts'
import { useShownLines } from '../../ui/diff-remarks.ts'
import { diffPath } from '../../ui/diff-words.ts'
import { useReviewing } from './reviewing.tsx'
import { writeActs } from './write-acts.ts'

interface NewThreadProps {
  file: DiffFile
  /** Null: about the file. */
  range: DiffRange | null
  onClose: () => void
}

/** The first words about some lines, or about a file. */
export function NewThread({ file, range, onClose }: NewThreadProps) {
  const { pullRequest, review, acts, markdown } = useReviewing()
  const shown = useShownLines()
  const path = diffPath(file)
  const place = range
    ? {
        path: range.side === 'base' ? (file.oldPath ?? path) : path,
        side: range.side,
        line: range.line,
        ...(range.startLine < range.line ? { startLine: range.startLine } : {}),
      }
    : { path }
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed" mb={6}>
        {range ? rangeWords(range) : 'About the whole file'}
      </Text>
      <CommentComposer
        keptAs={`${pullRequest.id}:file:${path}`}
        label={range ? `Comment on ${rangeWords(range).toLowerCase()}` : `Comment on ${path}`}
        preview={markdown}
        hasFocus
        suggestFrom={range?.side === 'head' ? shown(range) : null}
        acts={writeActs({
          draftCount: review?.draftCount ?? 0,
          isAlone: false,
          isOnlyDraft: false,
          run: async (body, isDraft) => {
            await acts.begin({ body, isDraft, ...place, headOid: pullRequest.headOid })
            onClose()
          },
        })}
        onCancel={onClose}
      />
    </Paper>
  )
}
