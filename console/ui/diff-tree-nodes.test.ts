import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DiffTreeNode, diffTree } from './diff-tree-nodes.ts'

const outline = (nodes: DiffTreeNode[], indent = ''): string[] =>
  nodes.flatMap((node) => [
    `${indent}${node.name}${node.index === null ? '/' : ''}`,
    ...outline(node.children, `${indent}  `),
  ])
const files = (...paths: string[]) => paths.map((path, index) => ({ path, index }))

test('directories come first and single ones are joined', () => {
  assert.deepEqual(outline(diffTree(files('z.md', 'src/http/a.ts', 'src/http/b.ts', 'a.md'))), [
    'src/http/',
    '  a.ts',
    '  b.ts',
    'a.md',
    'z.md',
  ])
})

test('a directory with files of its own keeps its name', () => {
  assert.deepEqual(outline(diffTree(files('a/b/c/d.ts', 'a/e.ts'))), ['a/', '  b/c/', '    d.ts', '  e.ts'])
})

test('names that objects already have are ordinary names', () => {
  assert.deepEqual(outline(diffTree(files('__proto__/constructor', 'toString'))), [
    '__proto__/',
    '  constructor',
    'toString',
  ])
})
