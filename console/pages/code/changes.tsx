import { Alert, Box, Button, Collapse, Group, SegmentedControl, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFiles } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo, useState } from 'react'
import type { DiffSummary } from '../../api/shapes.ts'
import { DiffCounts } from '../../ui/diff-counts.tsx'
import { DiffTree } from '../../ui/diff-tree.tsx'
import { diffPath } from '../../ui/diff-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { ChangedFiles } from './changed-files.tsx'
import styles from './changes.module.css'
import { type DiffSource, summaryQuery } from './diff-queries.ts'
import { scrollToCard } from './scroll-to-card.ts'
import { useViewed } from './viewed-marks.ts'

interface ChangesProps {
  source: DiffSource
  /** What viewed marks belong to; null where nothing is marked. */
  viewedSubject: string | null
  /** The file that the reader came for. */
  startAt?: string | null
}

/** What changed: the tree of files at the side, each file's patch loaded as it comes into view. */
export function Changes({ source, viewedSubject, startAt = null }: ChangesProps) {
  const summary = useQuery(summaryQuery(source))
  if (summary.error) return <ProblemAlert error={summary.error} />
  if (!summary.data) return <RowSkeletons rows={4} />
  if (summary.data.fileCount === 0) return <Text c="dimmed">No file changes.</Text>
  const { from, to } = summary.data
  return (
    <Loaded
      key={`${from} ${to}`}
      source={source}
      viewedSubject={viewedSubject}
      startAt={startAt}
      summary={summary.data}
    />
  )
}

function Loaded(props: ChangesProps & { summary: DiffSummary }) {
  const { summary } = props
  const [mode, setMode] = useUrlState<'unified' | 'split'>('diff', 'unified')
  const isNarrow = useMediaQuery('(max-width: 56em)', false, { getInitialValueInEffect: false })
  const { viewed, mark } = useViewed(props.viewedSubject, summary.to)
  const [isTreeOpen, setIsTreeOpen] = useState(false)
  const [upTo, setUpTo] = useState(() =>
    props.startAt
      ? summary.files.findIndex((file) => [file.newPath, file.oldPath].includes(props.startAt ?? '')) + 1
      : 0,
  )
  const tree = useMemo(
    () => summary.files.map((file) => ({ index: file.index, path: diffPath(file) })),
    [summary.files],
  )
  const viewedIndexes = useMemo(
    () => new Set(tree.filter((file) => viewed.has(file.path)).map((file) => file.index)),
    [tree, viewed],
  )
  const goTo = (index: number) => {
    setUpTo((before) => Math.max(before, tree.findIndex((file) => file.index === index) + 1))
    setIsTreeOpen(false)
    // After the list has grown far enough to hold that file.
    requestAnimationFrame(() => scrollToCard(index))
  }
  // The words of the change first: hundreds of names at the side follow a moment later.
  const listed = useDeferredValue(tree, [])
  const treeView = <DiffTree files={listed} viewed={viewedIndexes} onSelect={goTo} />
  return (
    <Box className={styles.changes}>
      <Group justify="space-between" mb="sm" gap="sm">
        <Group gap="sm">
          <Text size="sm">
            {summary.fileCount.toLocaleString('en')} {summary.fileCount === 1 ? 'file' : 'files'} changed
          </Text>
          <DiffCounts additions={summary.additions} deletions={summary.deletions} />
          {props.viewedSubject !== null && (
            <Text size="sm" c="dimmed">
              {viewedIndexes.size.toLocaleString('en')} of {summary.fileCount.toLocaleString('en')} viewed
            </Text>
          )}
        </Group>
        {isNarrow ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFiles size={14} aria-hidden />}
            aria-expanded={isTreeOpen}
            onClick={() => setIsTreeOpen(!isTreeOpen)}
          >
            Files
          </Button>
        ) : (
          <SegmentedControl
            size="xs"
            aria-label="How to show the changes"
            value={mode}
            onChange={(value) => setMode(value === 'split' ? 'split' : 'unified')}
            data={[
              { value: 'unified', label: 'Unified' },
              { value: 'split', label: 'Split' },
            ]}
          />
        )}
      </Group>
      {summary.isTruncated && (
        <Alert
          variant="light"
          color="yellow"
          mb="sm"
          title={`The first ${summary.files.length.toLocaleString('en')} files are listed`}
        >
          The rest is too much for one page. In a clone: git diff {summary.from.slice(0, 12)} {summary.to.slice(0, 12)}
        </Alert>
      )}
      {isNarrow && (
        <Collapse expanded={isTreeOpen} mb="sm">
          {treeView}
        </Collapse>
      )}
      <div className={styles.columns} data-narrow={isNarrow || undefined}>
        {!isNarrow && (
          <nav className={styles.side} aria-label="Changed files">
            {treeView}
          </nav>
        )}
        <ChangedFiles
          source={props.source}
          summary={summary}
          upTo={upTo}
          mode={isNarrow ? 'unified' : mode}
          viewed={props.viewedSubject === null ? null : viewed}
          onViewed={mark}
        />
      </div>
    </Box>
  )
}
