/** A piece of one line and how highlight.js classes it (`hljs-keyword`), or the empty string. */
export interface Token {
  text: string
  className: string
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'" }
const PIECE = /<span class="([^"]*)">|<\/span>|([^<]+)/g

const unescape = (html: string) => html.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity)

/**
 * Turns the HTML that highlight.js writes (nested spans around escaped text) into lines of tokens, so that nothing from
 * a repository is ever handed to the page as HTML.
 */
export function tokenLines(html: string): Token[][] {
  let line: Token[] = []
  const lines = [line]
  const open: string[] = []
  for (const [piece, className, text] of html.matchAll(PIECE)) {
    if (className !== undefined) open.push(className)
    else if (piece === '</span>') open.pop()
    else
      for (const [index, part] of unescape(text ?? '')
        .split('\n')
        .entries()) {
        if (index > 0) lines.push((line = []))
        if (part !== '') line.push({ text: part, className: open.join(' ') })
      }
  }
  return lines
}

/** Lines without classes, for text that is not highlighted. */
export const plainLines = (text: string): Token[][] =>
  text.split('\n').map((line) => (line === '' ? [] : [{ text: line, className: '' }]))

/** A last line end closes the last line; it does not open another one. */
export const withoutLastLineEnd = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text)
