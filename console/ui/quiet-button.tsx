import type { ComponentProps } from 'react'
import styles from './quiet-button.module.css'

/**
 * A small button without words of its own, for what stands hundreds of times on a page: an element and no component of
 * the library, which costs as much as the rest of its row. Give it an `aria-label`.
 */
export const QuietButton = ({ title, ...props }: ComponentProps<'button'> & { 'aria-label': string }) => (
  <button type="button" className={styles.button} title={title ?? props['aria-label']} {...props} />
)
