import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ThreadView } from '../../api/shapes.ts'
import styles from '../../ui/diff.module.css'
import { Thread } from './thread.tsx'

/** What is said about a file as a whole, about lines that are gone, and about lines that the patch does not show. */
export const FileRemarks = ({ threads, form }: { threads: readonly ThreadView[]; form: ReactNode }) =>
  threads.length > 0 || form !== null ? (
    <Stack gap={8} className={styles.above}>
      {threads.map((thread) => (
        <Thread key={thread.id} thread={thread} at={thread.line === null && !thread.isOutdated ? 'lines' : 'file'} />
      ))}
      {form}
    </Stack>
  ) : null
