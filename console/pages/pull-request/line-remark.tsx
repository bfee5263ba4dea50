import { Stack } from '@mantine/core'
import type { DiffFile, ThreadView } from '../../api/shapes.ts'
import type { DiffRange } from '../../ui/diff-lines.ts'
import { NewThread } from './new-thread.tsx'
import { Thread } from './thread.tsx'

interface LineRemarkProps {
  file: DiffFile
  threads: readonly ThreadView[]
  /** Where a form stands open below this line. */
  range: DiffRange | null
  onClose: () => void
}

/** What is said about one line, below it. */
export const LineRemark = ({ file, threads, range, onClose }: LineRemarkProps) => (
  <Stack gap={8} maw={860}>
    {threads.map((thread) => (
      <Thread key={thread.id} thread={thread} at="lines" />
    ))}
    {range && <NewThread file={file} range={range} onClose={onClose} />}
  </Stack>
)
