import { useEffect, useMemo, useRef } from 'react'
import { CodeLine } from './code-line.tsx'
import type { Language } from './code-language.ts'
import { type LineRange, lineHash, parseLineHash } from './code-range.ts'
import { type Token, withoutLastLineEnd } from './code-tokens.ts'
import { useCodeLines } from './code-use-lines.ts'
import colors from './code-colors.module.css'
import styles from './code.module.css'

/** Lines are laid out by the browser in blocks of this many, each only when it comes into view. */
const BLOCK = 200

/** A file's text with numbered lines. `hash` is the page's fragment: `#L10` or `#L10-L20` are marked and scrolled to. */
export function CodeView(props: {
  text: string
  language: Language | null
  label: string
  hash: string
  onSelect: (hash: string) => void
}) {
  const text = useMemo(() => withoutLastLineEnd(props.text), [props.text])
  const lines = useCodeLines(text, props.language)
  const range = parseLineHash(props.hash)
  const box = useRef<HTMLDivElement>(null)
  const from = range?.from
  useEffect(() => {
    if (from !== undefined) box.current?.querySelector(`#L${from}`)?.scrollIntoView({ block: 'center' })
  }, [from])

  const select = (event: React.MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-line]') : null
    if (!link) return
    event.preventDefault()
    props.onSelect(lineHash(Number(link.getAttribute('data-line')), event.shiftKey ? range : null))
  }
  const blocks = Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => block * BLOCK)
  return (
    <div
      ref={box}
      className={`${styles.box} ${colors.colors}`}
      role="region"
      aria-label={props.label}
      tabIndex={0}
      onClick={select}
    >
      <code className={styles.lines}>
        {blocks.map((start) => (
          <div key={start} className={styles.block} style={{ containIntrinsicBlockSize: `${BLOCK * 20}px` }}>
            {lines.slice(start, start + BLOCK).map((tokens, index) => (
              <Line key={index} number={start + index + 1} tokens={tokens} range={range} />
            ))}
          </div>
        ))}
      </code>
    </div>
  )
}

function Line({ number, tokens, range }: { number: number; tokens: readonly Token[]; range: LineRange | null }) {
  const isMarked = range !== null && number >= range.from && number <= range.to
  return (
    <div id={`L${number}`} className={styles.line} data-marked={isMarked || undefined}>
      {/* Out of the tab order: thousands of stops would lock the keyboard in; the address line reaches each line. */}
      <a
        href={`#L${number}`}
        data-line={number}
        className={styles.number}
        tabIndex={-1}
        aria-label={`Line ${number}`}
      />
      <span className={styles.text}>
        <CodeLine tokens={tokens} />
        {'\n'}
      </span>
    </div>
  )
}
