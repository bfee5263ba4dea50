/** A directory or a file in the tree beside a diff. */
export interface DiffTreeNode {
  /** Directories with one child only are joined: `src/http`. */
  name: string
  path: string
  /** Index of the file in the diff; null for a directory. */
  index: number | null
  children: DiffTreeNode[]
}

export interface DiffTreeFile {
  index: number
  path: string
}

const byKindAndName = (a: DiffTreeNode, b: DiffTreeNode) =>
  Number(a.index !== null) - Number(b.index !== null) || (a.name < b.name ? -1 : 1)

function join(node: DiffTreeNode): DiffTreeNode {
  const [only] = node.children
  if (only !== undefined && node.children.length === 1 && only.index === null)
    return join({ ...only, name: `${node.name}/${only.name}` })
  return {
    ...node,
    children: node.children.map((child) => (child.index === null ? join(child) : child)).sort(byKindAndName),
  }
}

/** Files as a tree, directories first, each level by name. */
export function diffTree(files: readonly DiffTreeFile[]): DiffTreeNode[] {
  const root: DiffTreeNode = { name: '', path: '', index: null, children: [] }
  const directories = new Map([['', root]])
  const directoryOf = (path: string): DiffTreeNode => {
    const known = directories.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const node: DiffTreeNode = { name: path.slice(slash + 1), path, index: null, children: [] }
    directories.set(path, node)
    directoryOf(slash < 0 ? '' : path.slice(0, slash)).children.push(node)
    return node
  }
  for (const { index, path } of files) {
    const slash = path.lastIndexOf('/')
    const parent = directoryOf(slash < 0 ? '' : path.slice(0, slash))
    parent.children.push({ name: path.slice(slash + 1), path, index, children: [] })
  }
  return root.children.map((child) => (child.index === null ? join(child) : child)).sort(byKindAndName)
}
