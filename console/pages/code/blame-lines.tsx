import { memo, useMemo, useState } from 'react'
import type { BlameView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import colors from '../../ui/code-colors.module.css'
import { revealHidden } from '../../ui/code-hidden.ts'
import { languageOf } from '../../ui/code-language.ts'
import { CodeLine } from '../../ui/code-line.tsx'
import code from '../../ui/code.module.css'
import { type Token, withoutLastLineEnd } from '../../ui/code-tokens.ts'
import { useCodeLines } from '../../ui/code-use-lines.ts'
import { ProofCard } from '../../ui/proof-card.tsx'
import { ProofMark } from '../../ui/proof-mark.tsx'
import { exactTime, relativeTime } from '../../ui/relative-time.ts'
import { ShowMore } from '../../ui/show-more.tsx'
import { useNow } from '../../ui/use-now.ts'
import { type BlameRow, blameRows } from './blame-rows.ts'
import styles from './blame.module.css'
import type { Place } from './use-place.ts'
import { verifyLines } from './verify-lines.ts'

/** Each row has marks and cards of its own: of a file with many, so many are drawn at once. */
const MOST_ROWS = 400

interface BlameLinesProps {
  place: Place
  refName: string | undefined
  path: string
  text: string
  blame: BlameView
}

/** A file's text, and beside each run of lines who wrote it and what brought it in. */
export function BlameLines({ place, refName, path, text, blame }: BlameLinesProps) {
  const now = useNow()
  const lines = useCodeLines(
    useMemo(() => withoutLastLineEnd(text), [text]),
    languageOf(path),
  )
  const rows = useMemo(() => blameRows(blame, lines.length), [blame, lines.length])
  const [shown, setShown] = useState(MOST_ROWS)
  return (
    <>
      <div
        className={`${styles.box} ${colors.colors}`}
        role="region"
        aria-label={`Who wrote each line of ${path}`}
        tabIndex={0}
      >
        <div className={styles.rows}>
          {rows.slice(0, shown).map((row) => (
            <div
              key={row.from}
              className={styles.row}
              style={{ containIntrinsicBlockSize: `${Math.max(28, row.lines * 20)}px` }}
            >
              <div className={styles.who}>
                <Who place={place} row={row} now={now} />
              </div>
              <Lines
                from={row.from}
                lines={lines}
                count={row.lines}
                href={paths.file(place.project, place.name, path, refName)}
              />
            </div>
          ))}
        </div>
      </div>
      <div className={styles.more}>
        <ShowMore hasMore={rows.length > shown} isLoading={false} onMore={() => setShown(shown + MOST_ROWS)} />
      </div>
    </>
  )
}

function Who({ place, row: { commit, change }, now }: { place: Place; row: BlameRow; now: number }) {
  if (commit === null) return <span className={styles.subject}>Not known</span>
  return (
    <>
      <span className={styles.subject}>
        <a href={paths.commit(place.project, place.name, commit.oid)} title={revealHidden(commit.subject)}>
          {revealHidden(commit.subject) || '(no message)'}
        </a>
      </span>
      <span className={styles.author} title={revealHidden(commit.authorName)}>
        {revealHidden(commit.authorName)}
      </span>
      <time
        className={styles.age}
        dateTime={new Date(commit.committedAt).toISOString()}
        title={exactTime(commit.committedAt)}
      >
        {relativeTime(commit.committedAt, now)}
      </time>
      <span className={styles.change}>
        {change && change.pullRequest !== null && (
          <a
            href={paths.pullRequest(place.project, place.name, change.pullRequest)}
            title="The pull request that brought it in"
          >
            #{change.pullRequest}
          </a>
        )}
        {change && change.pullRequest === null && change.oid !== commit.oid && (
          <a href={paths.commit(place.project, place.name, change.oid)} title="The change that brought it in">
            {change.oid.slice(0, 7)}
          </a>
        )}
      </span>
      <span className={styles.mark}>
        <ProofMark
          proof={change?.proof ?? null}
          isCompact
          card={change?.proof && <ProofCard proof={change.proof} verifyLines={verifyLines(change.oid)} />}
        />
      </span>
    </>
  )
}

interface LinesProps {
  lines: readonly (readonly Token[])[]
  from: number
  count: number
  /** Of the file's own page. */
  href: string
}

const Lines = memo(function Lines({ lines, from, count, href }: LinesProps) {
  return (
    <code className={styles.code}>
      {lines.slice(from - 1, from - 1 + count).map((tokens, index) => (
        <div key={index} className={code.line}>
          {/* Out of the tab order, as on the file's own page. */}
          <a
            href={`${href}#L${from + index}`}
            data-line={from + index}
            className={code.number}
            tabIndex={-1}
            aria-label={`Line ${from + index}`}
          />
          <span className={code.text}>
            <CodeLine tokens={tokens} />
            {'\n'}
          </span>
        </div>
      ))}
    </code>
  )
})
