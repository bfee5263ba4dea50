import { Text } from '@mantine/core'
import { Suspense, useMemo } from 'react'
import type { DiffFile } from '../../api/shapes.ts'
import { shownPatch } from '../../ui/diff-patch.ts'
import { DiffView } from '../../ui/diff-view-loaded.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { countSigns, textPatch } from './text-patch.ts'

/** What would be committed, line by line. */
export function TextChanges({ path, before, after }: { path: string; before: string; after: string }) {
  const patch = useMemo(() => textPatch(before, after), [before, after])
  const shown = patch && shownPatch(patch)
  if (!patch || !shown)
    return (
      <Text p="lg" c="dimmed">
        Nothing has changed yet.
      </Text>
    )
  const file: DiffFile = {
    index: 0,
    oldPath: path,
    newPath: path,
    status: 'modified',
    oldMode: '100644',
    newMode: '100644',
    isBinary: false,
    additions: countSigns(patch, '+'),
    deletions: countSigns(patch, '-'),
  }
  return (
    <Suspense fallback={<RowSkeletons rows={4} height={20} />}>
      <DiffView patch={shown} file={file} mode="unified" />
    </Suspense>
  )
}
