/** A path as rules see it, and whether the upstream might take it for another one. */
export interface ReadPath {
  path: string
  isAmbiguous: boolean
}

// Nothing to decode, no empty or dotted part, nothing that any server takes out.
const plain = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9\-._~!$&'()*+,=:@]+)*\/?$/
/** Slashes, dots, percent signs and what ends a path in disguise, and what some servers cut off or turn around. */
const odd = /%(?:2[3ef]|3[bf]|5c|25[0-9a-f]{2}|[01][0-9a-f]|7f|(?![0-9a-f]{2}))|[\\;]|\/\/|\/\.{1,2}(?:\/|$)/i
/** What somebody who decodes twice would go on to decode. */
const encoded = /%[0-9a-f]{2}/i

/**
 * @param url path and query as they came
 * @returns undefined for what is no path in origin form (RFC 9112 §3.2.1)
 */
export function readPath(url: string): ReadPath | undefined {
  const end = url.indexOf('?')
  const raw = end === -1 ? url : url.slice(0, end)
  if (plain.test(raw) && raw !== '') return isPrintable(url, end) ? { path: raw, isAmbiguous: false } : undefined
  if (!raw.startsWith('/') || !isPrintable(url, 0)) return undefined
  const decoded = decode(raw)
  return { path: resolve(decoded ?? raw), isAmbiguous: decoded === undefined || odd.test(raw) || encoded.test(decoded) }
}

/** A fragment never leaves a browser: what comes with one is meant to be read in two ways. */
const isPrintable = (url: string, from: number): boolean =>
  from === -1 || /^[\x21\x22\x24-\x7e]*$/.test(from === 0 ? url : url.slice(from))

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** The strictest reading: every kind of slash is one, dots are followed, parameters of parts are left out. */
function resolve(path: string): string {
  const parts: string[] = []
  const segments = path.replaceAll('\\', '/').split('/').slice(1)
  for (const segment of segments) {
    const [part = ''] = segment.split(';')
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  const isFolder = /(?:^|[/\\])\.{0,2}(?:;[^/\\]*)?$/.test(path)
  return `/${parts.join('/')}${isFolder && parts.length > 0 ? '/' : ''}`
}
