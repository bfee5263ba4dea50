import { Stack } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { memo, useEffect, useState } from 'react'
import type { DiffFile, DiffSummary, FilePatch } from '../../api/shapes.ts'
import { DiffBody, DiffNote, DiffWaiting } from '../../ui/diff-body.tsx'
import { DiffCard } from '../../ui/diff-card.tsx'
import { likelyHeight } from '../../ui/diff-height.ts'
import type { DiffMode } from '../../ui/diff-view.tsx'
import { diffPath } from '../../ui/diff-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { type DiffSource, patchQuery } from './diff-queries.ts'

/** Cards fill the screen first, and are added in larger steps as the reader nears the end. */
const FIRST = 3
const STEP = 40
/** This one is drawn whole at once; the others when the browser says that they are near. */
const ON_SCREEN = 1

interface ChangedFilesProps {
  source: DiffSource
  summary: DiffSummary
  /** At least this many are drawn, because the reader jumps there. */
  upTo: number
  mode: DiffMode
  viewed: ReadonlySet<string> | null
  onViewed: (path: string, isViewed: boolean) => void
}

/** The list of changed files; patches load as their card comes near. */
export function ChangedFiles({ upTo, viewed, ...rest }: ChangedFilesProps) {
  const { files } = rest.summary
  const [drawn, setDrawn] = useState(FIRST)
  const end = useIntersection<HTMLDivElement>({ rootMargin: '1200px' })
  const count = Math.max(drawn, upTo)
  const isEndNear = end.entry?.isIntersecting === true
  useEffect(() => {
    if (isEndNear && count < files.length) setDrawn(count + STEP)
  }, [isEndNear, count, files.length])
  return (
    <Stack gap="md" miw={0}>
      {files.slice(0, count).map((file, position) => (
        <ChangedFile
          key={file.index}
          file={file}
          isFirst={position < ON_SCREEN}
          isViewed={viewed === null ? null : viewed.has(diffPath(file))}
          {...rest}
        />
      ))}
      <div ref={end.ref} key={count} />
    </Stack>
  )
}

interface ChangedFileProps extends Omit<ChangedFilesProps, 'upTo' | 'viewed'> {
  file: DiffFile
  isFirst: boolean
  isViewed: boolean | null
}

const ChangedFile = memo(function ChangedFile(props: ChangedFileProps) {
  const { file, isFirst, source, summary, mode, isViewed, onViewed } = props
  const [isOpen, setIsOpen] = useState(isViewed !== true)
  const near = useIntersection<HTMLDivElement>({ rootMargin: '600px' })
  const isNear = near.entry?.isIntersecting ?? isFirst
  // A patch that came along with the list waits too: drawing it is what takes time. Once drawn it stays.
  const [isDrawn, setIsDrawn] = useState(isNear)
  if (isNear && !isDrawn) setIsDrawn(true)
  const patch = useQuery({ ...patchQuery(source, summary, file.index), enabled: isOpen && isNear })
  const viewed =
    isViewed === null
      ? null
      : {
          isViewed,
          onChange: (next: boolean) => {
            onViewed(diffPath(file), next)
            setIsOpen(!next)
          },
        }
  return (
    <div ref={near.ref}>
      <DiffCard file={file} isOpen={isOpen} onToggle={() => setIsOpen(!isOpen)} viewed={viewed}>
        <PatchBody
          file={file}
          patch={isDrawn ? patch.data : undefined}
          error={patch.error}
          isFetching={patch.isFetching}
          mode={mode}
        />
      </DiffCard>
    </div>
  )
})

interface PatchBodyProps {
  file: DiffFile
  patch: FilePatch | undefined
  error: unknown
  isFetching: boolean
  mode: DiffMode
}

function PatchBody({ file, patch, error, isFetching, mode }: PatchBodyProps) {
  if (error) return <ProblemAlert error={error} />
  // Its place is kept until the reader comes near.
  if (!patch)
    return isFetching ? <DiffWaiting height={likelyHeight(file)} /> : <div style={{ minHeight: likelyHeight(file) }} />
  // The list was read before the branch moved: this place now belongs to another file.
  if (diffPath(patch.file) !== diffPath(file))
    return <DiffNote>The branch moved while you were reading. Reload the page to see it as it is now.</DiffNote>
  return <DiffBody patch={patch} mode={mode} />
}
