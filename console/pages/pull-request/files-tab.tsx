import { Badge, VisuallyHidden } from '@mantine/core'
import { IconMessage, IconMessagePlus } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import type { DiffFile, ThreadView } from '../../api/shapes.ts'
import { useKept } from '../../ui/comment-kept.ts'
import type { DiffRange, PatchLines } from '../../ui/diff-lines.ts'
import { type DiffRemarks, DiffRemarksProvider, type LineRemarks } from '../../ui/diff-remarks.ts'
import { diffPath } from '../../ui/diff-words.ts'
import { QuietButton } from '../../ui/quiet-button.tsx'
import { Changes } from '../code/changes.tsx'
import { changeOf } from './change-of.ts'
import { FileRemarks } from './file-remarks.tsx'
import { LineRemark } from './line-remark.tsx'
import { NewThread } from './new-thread.tsx'
import { useReviewing } from './reviewing.tsx'
import { scrollToRemark } from './scroll-to-remark.ts'
import { isAtLine, threadsByPath, threadsOf } from './thread-places.ts'

/** Which file has a form open, and for which lines; null is the whole file. */
type Open = Record<string, DiffRange | null>

/** The change, with what people say about it at the lines they mean. */
export function FilesTab() {
  const { place, repository, pullRequest, review } = useReviewing()
  const [open, setOpen] = useOpenForms(pullRequest.id)
  const canComment = review?.can.comment ?? false
  const threads = review?.threads
  const hash = useLocation({ select: (location) => location.hash })
  const wanted = threads?.find(
    ({ id, path, comments }) => path !== null && (id === hash || comments.some((comment) => comment.id === hash)),
  )
  const wantedPath = wanted?.path
  useEffect(() => (wantedPath ? scrollToRemark(hash, wantedPath) : undefined), [hash, wantedPath])
  const remarks = useMemo(
    () => makeRemarks({ threads: threads ?? [], canComment, open, setOpen }),
    [threads, canComment, open, setOpen],
  )
  return (
    <DiffRemarksProvider value={remarks}>
      <Changes
        source={changeOf(place.pullApi, pullRequest)}
        viewedSubject={`${repository.id}#${place.number}`}
        startAt={wanted?.path ?? null}
      />
    </DiffRemarksProvider>
  )
}

/** Forms that were open stay so over a reload: their words are kept too. */
function useOpenForms(pullRequestId: string): [Open, (path: string, range: DiffRange | null | undefined) => void] {
  const [text, setText] = useKept(`${pullRequestId}:open`, '{}')
  return useMemo(() => {
    const open = JSON.parse(text) as Open
    return [
      open,
      (path, range) => {
        const { [path]: _, ...others } = open
        setText(JSON.stringify(range === undefined ? others : { ...others, [path]: range }))
      },
    ]
  }, [text, setText])
}

interface Parts {
  threads: readonly ThreadView[]
  canComment: boolean
  open: Open
  setOpen: (path: string, range: DiffRange | null | undefined) => void
}

function makeRemarks({ threads, canComment, open, setOpen }: Parts): DiffRemarks {
  const byPath = threadsByPath(threads)
  const made = new Map<string, ReturnType<DiffRemarks['below']>>()
  const close = (path: string) => () => setOpen(path, undefined)
  return {
    canPick: canComment,
    inHead: (file) => (
      <InHead
        count={threadsOf(byPath, file).filter(({ resolvedAt }) => resolvedAt === null).length}
        path={diffPath(file)}
        {...(canComment ? { onComment: () => setOpen(diffPath(file), null) } : {})}
      />
    ),
    above: (file, lines) => (
      <FileRemarks
        threads={threadsOf(byPath, file).filter((thread) => !isAtLine(thread, lines))}
        form={formAbove(open, file, lines, close)}
      />
    ),
    below(file) {
      const path = diffPath(file)
      const known = made.get(path)
      if (known) return known
      const remarks = lineRemarks(threadsOf(byPath, file), file, open[path] ?? null, close(path))
      made.set(path, remarks)
      return remarks
    },
    picked: (file) => open[diffPath(file)] ?? null,
    onPick: (file, range) => setOpen(diffPath(file), range),
  }
}

/** The form for the file as a whole, or for lines that the patch no longer shows. */
function formAbove(open: Open, file: DiffFile, lines: PatchLines, close: (path: string) => () => void) {
  const path = diffPath(file)
  const range = open[path]
  if (range === undefined || (range !== null && lines[range.side].has(range.line))) return null
  return <NewThread file={file} range={null} onClose={close(path)} />
}

function lineRemarks(threads: readonly ThreadView[], file: DiffFile, range: DiffRange | null, onClose: () => void) {
  const sides: Record<'base' | 'head', LineRemarks> = { base: {}, head: {} }
  const at = new Map<string, ThreadView[]>()
  for (const thread of threads) {
    if (thread.line === null || thread.isOutdated) continue
    const key = `${thread.side ?? 'head'} ${thread.line}`
    at.set(key, [...(at.get(key) ?? []), thread])
  }
  if (range && !at.has(`${range.side} ${range.line}`)) at.set(`${range.side} ${range.line}`, [])
  for (const [key, here] of at) {
    const [side = '', line = ''] = key.split(' ')
    const hasForm = range?.side === side && range.line === Number(line)
    sides[side === 'base' ? 'base' : 'head'][Number(line)] = {
      data: <LineRemark file={file} threads={here} range={hasForm ? range : null} onClose={onClose} />,
    }
  }
  return sides
}

const InHead = ({ count, path, onComment }: { count: number; path: string; onComment?: () => void }) => (
  <>
    {count > 0 && (
      <Badge variant="light" tt="none" leftSection={<IconMessage size={12} aria-hidden />} c="inherit">
        {count}
        <VisuallyHidden> open</VisuallyHidden>
      </Badge>
    )}
    {onComment && (
      <QuietButton aria-label={`Comment on ${path}`} title="Comment on the file" onClick={onComment}>
        <IconMessagePlus size={16} />
      </QuietButton>
    )}
  </>
)
