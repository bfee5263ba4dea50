import styles from './diff.module.css'

/** "+12 −3". */
export const DiffCounts = ({ additions, deletions }: { additions: number; deletions: number }) => (
  <span className={styles.counts}>
    <span className={styles.added}>
      +{additions.toLocaleString('en')}
      <span className={styles.unseen}> lines added</span>
    </span>
    <span className={styles.removed}>
      −{deletions.toLocaleString('en')}
      <span className={styles.unseen}> lines removed</span>
    </span>
  </span>
)
