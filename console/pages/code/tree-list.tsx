import { Paper, Text } from '@mantine/core'
import { IconCornerLeftUp, IconFile, IconFolderFilled, IconGitFork, IconLink, IconTerminal2 } from '@tabler/icons-react'
import type { TreeEntry, TreeView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { fileSize } from './file-size.ts'
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
  refName: string | undefined
  /** Drawn above the entries: the last commit. */
  header: React.ReactNode
}

/** One directory, in the server's order. */
export function TreeList({ place, tree, refName, header }: TreeListProps) {
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
          <Entry key={entry.path} place={place} entry={entry} refName={refName} />
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

function Entry({ place, entry, refName }: { place: Place; entry: TreeEntry; refName: string | undefined }) {
  const { icon: Icon, word } = KINDS[entry.kind]
  const name = revealHidden(entry.name)
  const page = entry.kind === 'directory' ? paths.tree : paths.file
  return (
    <li className={styles.row}>
      <Icon size={17} aria-hidden className={styles.icon} data-kind={entry.kind} />
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
      {entry.size !== null && <span className={styles.size}>{fileSize(entry.size)}</span>}
    </li>
  )
}
