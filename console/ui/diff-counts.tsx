import { VisuallyHidden } from '@mantine/core'
import styles from './diff.module.css'

/** "+12 −3". */
export const DiffCounts = ({ additions, deletions }: { additions: number; deletions: number }) => (
  <span className={styles.counts}>
    <span className={styles.added}>
      +{additions.toLocaleString('en')}
      <VisuallyHidden> lines added</VisuallyHidden>
    </span>
    <span className={styles.removed}>
      −{deletions.toLocaleString('en')}
      <VisuallyHidden> lines removed</VisuallyHidden>
    </span>
  </span>
)
