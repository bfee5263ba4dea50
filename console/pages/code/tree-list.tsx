import { Paper, Text } from '@mantine/core'
import { IconCornerLeftUp, IconFile, IconFolderFilled, IconGitFork, IconLink, IconTerminal2 } from '@tabler/icons-react'
import type { EntryCommit, TreeEntry, TreeView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { exactTime, relativeTime } from '../../ui/relative-time.ts'
import { useNow } from '../../ui/use-now.ts'
import { fileSize } from '../../ui/file-size.ts'
import styles from './tree-list.module.css'
import type { Place } from './use-place.ts'

const KINDS: Record<TreeEntry['kind'], { icon: typeof IconFile; word: string | null }> = {
  directory: { icon: IconFolderFilled, word: null },
  file: { icon: IconFile, word: null },
  executable: { icon: IconTerminal2, word: 'executable' },
  symlink: { icon: IconLink, word: 'symbolic link' },
  submodule: { icon: IconGitFork, word: 'submodule' },
}

interface TreeListProps {
  place: Place
  tree: TreeView
  /** The last commits of the entries, once they are known; their place is kept until then. */
  commits: EntryCommit[] | undefined
  refName: string | undefined
  /** Drawn above the entries: the last commit. */
  header: React.ReactNode
}

/** One directory, in the server's order. */
export function TreeList({ place, tree, commits, refName, header }: TreeListProps) {
  const now = useNow()
  const lastCommits = new Map(commits?.map((commit) => [commit.path, commit]))
  const parent = tree.path.includes('/') ? tree.path.slice(0, tree.path.lastIndexOf('/')) : ''
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <div className={styles.header}>{header}</div>
      <ul className={styles.list}>
        {tree.path !== '' && (
          <li className={styles.row}>
            <IconCornerLeftUp size={17} aria-hidden className={styles.icon} />
            <a
              className={styles.name}
              href={
                parent === ''
                  ? paths.repository(place.project, place.name, { ref: refName })
                  : paths.tree(place.project, place.name, parent, refName)
              }
              aria-label="The directory above"
            >
              ..
            </a>
          </li>
        )}
        {tree.entries.map((entry) => (
          <Entry
            key={entry.path}
            place={place}
            entry={entry}
            refName={refName}
            commit={lastCommits.get(entry.path)}
            now={now}
          />
        ))}
      </ul>
      {tree.isTruncated && (
        <Text size="sm" c="dimmed" p="sm">
          The first {tree.entries.length.toLocaleString('en')} entries are listed. Clone the repository to see the rest.
        </Text>
      )}
    </Paper>
  )
}

interface EntryProps {
  place: Place
  entry: TreeEntry
  refName: string | undefined
  commit: EntryCommit | undefined
  now: number
}

function Entry({ place, entry, refName, commit, now }: EntryProps) {
  const { icon: Icon, word } = KINDS[entry.kind]
  const name = revealHidden(entry.name)
  const page = entry.kind === 'directory' ? paths.tree : paths.file
  return (
    <li className={styles.row}>
      <Icon size={17} aria-hidden className={styles.icon} data-kind={entry.kind} />
      <span className={styles.entry}>
        {entry.kind === 'submodule' ? (
          <span className={styles.name}>
            {name} <span className={styles.word}>@ {entry.oid.slice(0, 8)}</span>
          </span>
        ) : (
          <a className={styles.name} href={page(place.project, place.name, entry.path, refName)}>
            {name}
          </a>
        )}
        {word && <span className={styles.word}>{word}</span>}
      </span>
      <span className={styles.subject}>
        {commit && (
          <a href={paths.commit(place.project, place.name, commit.oid)} title={revealHidden(commit.subject)}>
            {revealHidden(commit.subject) || '(no message)'}
          </a>
        )}
      </span>
      <span className={styles.size}>{entry.size !== null && fileSize(entry.size)}</span>
      <span className={styles.age}>
        {commit && (
          <time dateTime={new Date(commit.committedAt).toISOString()} title={exactTime(commit.committedAt)}>
            {relativeTime(commit.committedAt, now)}
          </time>
        )}
      </span>
    </li>
  )
}
