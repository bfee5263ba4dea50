import { languageOf } from './code-language.ts'
import { CodeLine } from './code-line.tsx'
import { useCodeLines } from './code-use-lines.ts'
import colors from './code-colors.module.css'
import styles from './thread.module.css'

/** The lines a thread was begun at, as they were then. */
export function ThreadSnippet({ path, snippet, lastLine }: { path: string; snippet: string; lastLine: number | null }) {
  const text = snippet.replace(/\n$/, '')
  const lines = useCodeLines(text, languageOf(path))
  const first = lastLine === null ? null : lastLine - lines.length + 1
  return (
    <div className={`${styles.snippet} ${colors.colors}`} role="group" aria-label="The lines it is about" tabIndex={0}>
      {lines.map((tokens, index) => (
        <div key={index} className={styles.line}>
          {first !== null && <span className={styles.number}>{first + index}</span>}
          <code className={styles.text}>
            <CodeLine tokens={tokens} />
          </code>
        </div>
      ))}
    </div>
  )
}
