import { Alert, Button, Loader } from '@mantine/core'
import { IconEyeExclamation } from '@tabler/icons-react'
import { Suspense, useMemo, useState } from 'react'
import type { DiffFile, FilePatch } from '../api/shapes.ts'
import { LARGE_PATCH_LINES, lineCount, shownPatch } from './diff-patch.ts'
import { likelyHeight } from './diff-height.ts'
import { patchLines } from './diff-lines.ts'
import { PatchLinesProvider, useDiffRemarks } from './diff-remarks.ts'
import type { DiffMode } from './diff-view.tsx'
import { DiffView } from './diff-view-loaded.tsx'
import { lfsWords } from './lfs-change.ts'
import styles from './diff.module.css'

/** @param height in pixels, as the patch will likely have it */
export const DiffWaiting = ({ height }: { height?: number }) => (
  <div style={{ minHeight: height }}>
    <div className={`${styles.note} ${styles.waiting} postern-late`} role="status">
      <Loader size="xs" aria-hidden /> Loading the changes…
    </div>
  </div>
)

/** What a file's patch shows: what is said about it, then its lines, or why there are none. */
export function DiffBody(props: { patch: FilePatch; mode: DiffMode }) {
  const { file, patch } = props.patch
  const remarks = useDiffRemarks()
  const lines = useMemo(() => patchLines(remarks === null ? null : patch), [remarks === null, patch])
  return (
    <PatchLinesProvider value={lines}>
      {remarks?.above(file, lines)}
      <Patch {...props} />
    </PatchLinesProvider>
  )
}

function Patch({ patch: answer, mode }: { patch: FilePatch; mode: DiffMode }) {
  const [isAsked, setIsAsked] = useState(false)
  const patch = useMemo(() => (answer.patch === null ? null : shownPatch(answer.patch)), [answer.patch])
  if (answer.reason === 'binary') return <DiffNote>This is a binary file, so its lines cannot be compared.</DiffNote>
  if (answer.reason === 'too-large')
    return <DiffNote>This change is too large to show here. Fetch the branch and read it with git diff.</DiffNote>
  if (patch === null) return <DiffNote>{emptyWords(answer.file)}</DiffNote>
  const lines = lineCount(patch)
  return (
    <>
      <LargeFileNote patch={answer.patch} />
      {answer.hasHiddenCharacters && <HiddenWarning />}
      {lines > LARGE_PATCH_LINES && !isAsked ? (
        <DiffNote>
          A large change: {lines.toLocaleString('en')} lines.{' '}
          <Button size="compact-sm" variant="default" onClick={() => setIsAsked(true)}>
            Show it
          </Button>
        </DiffNote>
      ) : (
        <Suspense fallback={<DiffWaiting height={likelyHeight(answer.file)} />}>
          <DiffView patch={patch} file={answer.file} mode={mode} />
        </Suspense>
      )}
    </>
  )
}

const emptyWords = ({ status }: DiffFile) =>
  status === 'added' || status === 'deleted'
    ? 'The file is empty.'
    : 'No line changed, only the name or the kind of the file.'

function LargeFileNote({ patch }: { patch: string | null }) {
  const words = useMemo(() => lfsWords(patchLines(patch)), [patch])
  return words !== null && <DiffNote>{words} Git itself has the pointer below.</DiffNote>
}

export const DiffNote = ({ children }: React.PropsWithChildren) => <div className={styles.note}>{children}</div>

const HiddenWarning = () => (
  <Alert
    variant="light"
    color="yellow"
    radius={0}
    icon={<IconEyeExclamation />}
    title="Hidden characters were added here"
  >
    They can make code read differently from what it does. Each is written out below, as ⟦U+202E⟧.
  </Alert>
)
