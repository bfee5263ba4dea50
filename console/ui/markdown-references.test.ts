import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { MarkdownNode } from './markdown-html.ts'
import { linkReferences, referenceHref } from './markdown-references.ts'

const places = { pullRequestHref: (number: number) => `/p/r/${number}`, commitHref: (oid: string) => `/p/r/c/${oid}` }
const oid = '0f9398271de4c1dd2fd2c4e9dbb0c8bd3d0cba55'

/** What of a text becomes a link, and where it leads. */
function linksIn(value: string): [string | undefined, string | undefined][] {
  const root: MarkdownNode = { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value }] }] }
  linkReferences()(root)
  const nodes = (root.children?.[0]?.children ?? []) as (MarkdownNode & { url?: string })[]
  assert.equal(nodes.map((node) => node.value ?? node.url?.replace('reference:', '')).join(''), value)
  return nodes
    .filter(({ type }) => type === 'link')
    .map(({ url = '', children }) => [children?.[0]?.value, referenceHref(url, places)])
}

it('links what names a pull request or a commit', () => {
  assert.deepEqual(linksIn(`Takes back #12 (see #7, #8): ${oid}.`), [
    ['#12', '/p/r/12'],
    ['#7', '/p/r/7'],
    ['#8', '/p/r/8'],
    [oid.slice(0, 10), `/p/r/c/${oid}`],
  ])
})

it('leaves what only looks like it', () => {
  for (const text of [
    'C#7',
    '&#39;',
    'a/b#3',
    '#0',
    '#x1',
    '#1a',
    '##2',
    `x${oid}`,
    `${oid}0`,
    `tree/${oid}`,
    '#1234567890',
  ])
    assert.deepEqual(linksIn(text), [], text)
})

it('touches neither links nor code', () => {
  const link: MarkdownNode = { type: 'link', children: [{ type: 'text', value: '#1' }] }
  const code: MarkdownNode = { type: 'inlineCode', value: '#1' }
  const root: MarkdownNode = { type: 'root', children: [link, code] }
  const before = structuredClone(root)
  linkReferences()(root)
  assert.deepEqual(root, before)
})

it('leads nowhere else, whoever types the address', () => {
  for (const href of ['reference:javascript:alert(1)', 'reference://evil.example', 'reference:#0', 'reference:', '#12'])
    assert.equal(referenceHref(href, places), undefined, href)
})
