import { Badge } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, memo } from 'react'
import type { DiffFile } from '../api/shapes.ts'
import { revealHidden } from './code-hidden.ts'
import { CopyQuietly } from './copy-quietly.tsx'
import { DiffCounts } from './diff-counts.tsx'
import { useDiffRemarks } from './diff-remarks.ts'
import { likelyHeight } from './diff-height.ts'
import { changeWords, diffPath } from './diff-words.ts'
import styles from './diff.module.css'
import { QuietButton } from './quiet-button.tsx'

interface DiffCardProps {
  file: DiffFile
  isOpen: boolean
  onToggle: () => void
  /** Null where nothing is marked, as in a single commit. */
  viewed: { isViewed: boolean; onChange: (isViewed: boolean) => void } | null
  children: ReactNode
}

/** Of the head, in pixels. */
const HEAD = 48

export const diffCardId = (index: number) => `file-${index}`

/** One changed file: its name and counts, and its patch below when open. */
export const DiffCard = memo(function DiffCard({ file, isOpen, onToggle, viewed, children }: DiffCardProps) {
  const path = diffPath(file)
  const remarks = useDiffRemarks()
  const isMoved = file.oldPath !== null && file.newPath !== null && file.oldPath !== file.newPath
  return (
    <section
      id={diffCardId(file.index)}
      className={styles.card}
      aria-label={path}
      style={{ containIntrinsicBlockSize: `auto ${isOpen ? HEAD + likelyHeight(file) : HEAD}px` }}
    >
      <header className={styles.head} data-open={isOpen || undefined}>
        <QuietButton aria-expanded={isOpen} aria-label={`Changes in ${path}`} onClick={onToggle}>
          {isOpen ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
        </QuietButton>
        <span className={styles.path}>
          {isMoved && `${revealHidden(file.oldPath ?? '')} → `}
          {revealHidden(path)}
          <CopyQuietly value={path} what="the path" />
        </span>
        {changeWords(file).map((word) => (
          <Badge key={word} variant="default" tt="none" fw={500}>
            {word}
          </Badge>
        ))}
        {file.isBinary ? (
          <Badge variant="default" tt="none" fw={500}>
            Binary
          </Badge>
        ) : (
          file.additions + file.deletions > 0 && <DiffCounts additions={file.additions} deletions={file.deletions} />
        )}
        {remarks?.inHead(file)}
        {viewed && (
          <label className={styles.viewed}>
            <input
              type="checkbox"
              checked={viewed.isViewed}
              onChange={(event) => viewed.onChange(event.currentTarget.checked)}
            />
            Viewed
          </label>
        )}
      </header>
      {isOpen && children}
    </section>
  )
})
