import { type ReactNode, useEffect, useRef, useState } from 'react'
import { revealHidden } from './code-hidden.ts'
import styles from './comment.module.css'

/** Told apart by one observer for all: hundreds of comments may stand on a page. */
const waiting = new WeakMap<Element, () => void>()
let observer: IntersectionObserver | null = null

function onceNear(element: Element, then: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) waiting.get(target)?.()
    },
    { rootMargin: '1000px' },
  )
  waiting.set(element, then)
  observer.observe(element)
  return () => {
    waiting.delete(element)
    observer?.unobserve(element)
  }
}

/** Markdown as soon as the reader comes near; until then its plain text, which can be searched all the same. */
export function CommentBody({ text, render }: { text: string; render: (text: string) => ReactNode }) {
  const [isNear, setIsNear] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => (isNear || !box.current ? undefined : onceNear(box.current, () => setIsNear(true))), [isNear])
  if (isNear) return <div className={styles.body}>{render(text)}</div>
  return (
    <div ref={box} className={`${styles.body} ${styles.plain}`}>
      {revealHidden(text)}
    </div>
  )
}
