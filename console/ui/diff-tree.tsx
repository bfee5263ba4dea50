import { IconChevronDown, IconChevronRight, IconFile, IconFolder } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { revealHidden } from './code-hidden.ts'
import { type DiffTreeFile, type DiffTreeNode, diffTree } from './diff-tree-nodes.ts'
import styles from './diff.module.css'

/** Above this many files directories start closed. */
const OPEN_LIMIT = 200

interface DiffTreeProps {
  files: readonly DiffTreeFile[]
  viewed: ReadonlySet<number>
  onSelect: (index: number) => void
}

/** The changed files as a tree; a click leads to the file's changes. */
export function DiffTree({ files, viewed, onSelect }: DiffTreeProps) {
  const nodes = useMemo(() => diffTree(files), [files])
  return <Level nodes={nodes} viewed={viewed} onSelect={onSelect} isOpen={files.length <= OPEN_LIMIT} />
}

type LevelProps = Omit<DiffTreeProps, 'files'> & { nodes: DiffTreeNode[]; isOpen: boolean }

const Level = ({ nodes, ...rest }: LevelProps) => (
  <ul className={styles.tree}>
    {nodes.map((node) => (
      <li key={`${node.index ?? 'directory'} ${node.path}`}>
        {node.index === null ? <Directory node={node} {...rest} /> : <File node={node} index={node.index} {...rest} />}
      </li>
    ))}
  </ul>
)

function Directory({ node, isOpen: startsOpen, ...rest }: Omit<LevelProps, 'nodes'> & { node: DiffTreeNode }) {
  const [isOpen, setIsOpen] = useState(startsOpen)
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <button type="button" className={styles.node} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Chevron size={14} aria-hidden style={{ flex: 'none' }} />
        <IconFolder size={15} aria-hidden style={{ flex: 'none' }} />
        {revealHidden(node.name)}
      </button>
      {isOpen && <Level nodes={node.children} isOpen={startsOpen} {...rest} />}
    </>
  )
}

function File({ node, index, viewed, onSelect }: Omit<LevelProps, 'nodes'> & { node: DiffTreeNode; index: number }) {
  const isViewed = viewed.has(index)
  return (
    <button type="button" className={styles.node} data-viewed={isViewed || undefined} onClick={() => onSelect(index)}>
      <IconFile size={15} aria-hidden style={{ flex: 'none' }} />
      {revealHidden(node.name)}
      {isViewed && ' ✓'}
    </button>
  )
}
