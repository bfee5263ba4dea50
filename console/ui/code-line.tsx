import { memo } from 'react'
import styles from './code.module.css'
import { splitHidden } from './code-hidden.ts'
import type { Token } from './code-tokens.ts'

/** One line of source. Hidden characters are drawn as their code point; copying still copies the real text. */
export const CodeLine = memo(function CodeLine({ tokens }: { tokens: readonly Token[] }) {
  return tokens.map((token, index) => (
    <span key={index} className={token.className || undefined}>
      {splitHidden(token.text).map((part, at) =>
        part.hidden === undefined ? (
          part.text
        ) : (
          <span key={at} className={styles.hidden} data-name={part.hidden} title={`Hidden character ${part.hidden}`}>
            {part.text}
          </span>
        ),
      )}
    </span>
  ))
})
