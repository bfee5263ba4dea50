/** Where a link or image in a repository's Markdown leads. `dead` is shown as text: `javascript:`, `data:`, a path out of the tree. */
export type MarkdownTarget =
  | { kind: 'file'; path: string; hash: string }
  | { kind: 'anchor'; hash: string }
  | { kind: 'remote'; href: string }
  | { kind: 'dead' }

const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const REMOTE = new Set(['http:', 'https:', 'mailto:'])

/** Ids from Markdown carry this prefix, so that no document can take the id of a part of the page. */
export const ANCHOR_PREFIX = 'user-content-'

function remote(href: string): MarkdownTarget {
  if (!URL.canParse(href)) return { kind: 'dead' }
  const url = new URL(href)
  return REMOTE.has(url.protocol) ? { kind: 'remote', href: url.href } : { kind: 'dead' }
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** Follows `path` from `directory`; null where it would leave the repository. */
export function resolvePath(directory: string, path: string): string | null {
  const resolved: string[] = []
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') {
      if (resolved.length === 0) return null
      resolved.pop()
    } else if (part !== '' && part !== '.') resolved.push(part)
  }
  return resolved.join('/')
}

/** `directory` is where the Markdown file lies, '' for the root; a leading `/` means the repository's root. */
export function markdownTarget(href: string, directory: string): MarkdownTarget {
  // As browsers do: they drop tabs and line ends inside a URL and controls around it, which would hide a scheme.
  // eslint-disable-next-line no-control-regex
  const clean = href.replace(/[\t\n\r]/g, '').replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '')
  if (clean === '') return { kind: 'dead' }
  if (SCHEME.test(clean)) return remote(clean)
  if (/^[/\\]{2}/.test(clean)) return remote(`https:${clean}`)
  const [beforeHash = '', ...rest] = clean.split('#')
  const hash = rest.join('#')
  if (beforeHash === '') return { kind: 'anchor', hash: hash.startsWith(ANCHOR_PREFIX) ? hash : ANCHOR_PREFIX + hash }
  const decoded = decode(beforeHash.split('?')[0] ?? '')
  const path = decoded === null ? null : resolvePath(directory, decoded)
  return path === null ? { kind: 'dead' } : { kind: 'file', path, hash }
}

/** The id that a URL's own `#…` means in a document: with the prefix, or without it, as other hosts of Git write it. */
export const anchorOf = (hash: string): string | null => {
  const name = decode(hash.replace(/^#/, ''))
  if (!name) return null
  return name.startsWith(ANCHOR_PREFIX) ? name : ANCHOR_PREFIX + name
}

/** The anchor of a heading, as the common Git hosts make it. */
export const headingAnchor = (text: string) =>
  ANCHOR_PREFIX +
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
