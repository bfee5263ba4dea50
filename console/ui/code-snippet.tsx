import { CodeLine } from './code-line.tsx'
import type { Language } from './code-language.ts'
import { useCodeLines } from './code-use-lines.ts'
import colors from './code-colors.module.css'
import styles from './code.module.css'

/** A short piece of code inside prose. */
export function CodeSnippet({ text, language }: { text: string; language: Language | null }) {
  const lines = useCodeLines(text, language)
  return (
    <div className={`${styles.snippet} ${colors.colors}`} role="group" aria-label="Code" tabIndex={0}>
      <code style={{ font: 'inherit' }}>
        {lines.map((tokens, index) => (
          <span key={index}>
            <CodeLine tokens={tokens} />
            {index < lines.length - 1 && '\n'}
          </span>
        ))}
      </code>
    </div>
  )
}
