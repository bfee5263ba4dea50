import type { MarkdownNode } from './markdown-html.ts'

/** `#12`, and the whole id of a commit: not in the middle of a word, an address or a path. */
const REFERENCE = /(?<![\p{L}\p{N}_/#&.:@-])(?:#(?<number>[1-9][0-9]{0,8})|(?<oid>[0-9a-f]{40}))(?![\p{L}\p{N}_/-])/gu

export interface ReferencePlaces {
  pullRequestHref: (number: number) => string
  commitHref: (oid: string) => string
}

interface LinkNode extends MarkdownNode {
  url?: string
}

/**
 * Remark plugin: what names a pull request or a commit of the repository links to it. Code stays as it is, and so does
 * what is a link already. Which address that is knows `referenceHref`.
 */
export function linkReferences() {
  return function replace(parent: MarkdownNode): void {
    if (parent.type === 'link' || parent.type === 'linkReference') return
    parent.children?.forEach(replace)
    const children = parent.children?.flatMap((node) => (node.type === 'text' ? splitText(node.value ?? '') : [node]))
    if (children !== undefined) parent.children = children
  }
}

/** No scheme that a browser knows. Whoever types it gets the same link, to a page of this repository. */
const PREFIX = 'reference:'

function splitText(value: string): MarkdownNode[] {
  const parts: LinkNode[] = []
  let from = 0
  for (const match of value.matchAll(REFERENCE)) {
    if (match.index > from) parts.push({ type: 'text', value: value.slice(from, match.index) })
    const [text] = match
    parts.push({ type: 'link', url: `${PREFIX}${text}`, children: [{ type: 'text', value: shown(text) }] })
    from = match.index + text.length
  }
  if (from < value.length || parts.length === 0) parts.push({ type: 'text', value: value.slice(from) })
  return parts
}

const shown = (text: string): string => (text.startsWith('#') ? text : text.slice(0, 10))

/** Where a link that `linkReferences` makes leads; undefined for every other. */
export function referenceHref(href: string, places: ReferencePlaces): string | undefined {
  if (!href.startsWith(PREFIX)) return undefined
  const text = href.slice(PREFIX.length)
  if (/^#[1-9][0-9]{0,8}$/.test(text)) return places.pullRequestHref(Number(text.slice(1)))
  return /^[0-9a-f]{40}$/.test(text) ? places.commitHref(text) : undefined
}
