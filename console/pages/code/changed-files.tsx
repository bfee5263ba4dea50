import { Stack } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { memo, useEffect, useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { DiffFile, FilePatch } from '../../api/shapes.ts'
import { DiffBody, DiffWaiting } from '../../ui/diff-body.tsx'
import { DiffCard } from '../../ui/diff-card.tsx'
import type { DiffMode } from '../../ui/diff-view.tsx'
import { diffPath } from '../../ui/diff-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** Cards are added in steps of this many as the reader nears the end. */
const STEP = 40

interface ChangedFilesProps {
  api: string
  query: Record<string, string> | undefined
  files: readonly DiffFile[]
  /** At least this many are drawn, because the reader jumps there. */
  upTo: number
  mode: DiffMode
  viewed: ReadonlySet<string> | null
  onViewed: (path: string, isViewed: boolean) => void
}

/** The list of changed files; patches load as their card comes near. */
export function ChangedFiles({ files, upTo, viewed, ...rest }: ChangedFilesProps) {
  const [drawn, setDrawn] = useState(STEP)
  const end = useIntersection<HTMLDivElement>({ rootMargin: '1200px' })
  const count = Math.max(drawn, upTo)
  const isEndNear = end.entry?.isIntersecting === true
  useEffect(() => {
    if (isEndNear && count < files.length) setDrawn(count + STEP)
  }, [isEndNear, count, files.length])
  return (
    <Stack gap="md" miw={0}>
      {files.slice(0, count).map((file) => (
        <ChangedFile key={file.index} file={file} isViewed={viewed === null ? null : viewed.has(diffPath(file))} {...rest} />
      ))}
      <div ref={end.ref} key={count} />
    </Stack>
  )
}

type ChangedFileProps = Omit<ChangedFilesProps, 'files' | 'upTo' | 'viewed'> & { file: DiffFile; isViewed: boolean | null }

const ChangedFile = memo(function ChangedFile({ file, api, query, mode, isViewed, onViewed }: ChangedFileProps) {
  const [isOpen, setIsOpen] = useState(isViewed !== true)
  const near = useIntersection<HTMLDivElement>({ rootMargin: '600px' })
  const isNear = near.entry?.isIntersecting === true
  const patch = useQuery({
    ...getQuery<FilePatch>(`${api}/${file.index}`, query),
    enabled: isOpen && isNear,
    staleTime: Infinity,
  })
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
        {patch.error ? <ProblemAlert error={patch.error} /> : patch.data ? <DiffBody patch={patch.data} mode={mode} /> : <DiffWaiting />}
      </DiffCard>
    </div>
  )
})
