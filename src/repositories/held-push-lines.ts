import { encode } from 'uqr'

/** A line as its reader finds it: words, or a part of a picture that must stay as it is. */
export type TerminalLine = string | { picture: string }

/** Wider codes break in a terminal of 80 columns, beside git's “remote: ”. */
const mostColumns = 70
const border = 2

interface Shown {
  because: string
  title: string
  link: string
  /** As it is typed on a phone: the first part of the link's code. */
  shortCode: string
  waitSeconds: number
  origin: string
  withPicture: boolean
}

/** What a push that waits says in its terminal. */
export function renderHeldLines({ because, title, link, shortCode, waitSeconds, origin, withPicture }: Shown) {
  const picture = withPicture ? drawCode(link) : []
  const lines: TerminalLine[] = [
    because,
    `${title}? Tap here:`,
    link,
    ...picture.map((each) => ({ picture: each })),
    `Or open ${origin}/-/inbox where you are signed in, and type ${shortCode}.`,
    `This push waits ${waitSeconds} seconds and goes on by itself. Ctrl-C takes it back.`,
  ]
  return lines
}

/** Six characters, as `GET /seal-links/:code` takes them too. */
export const shortCodeOf = (code: string): string => {
  const plain = code.replaceAll('-', '').slice(0, 6)
  return `${plain.slice(0, 3)}-${plain.slice(3)}`
}

/**
 * A QR code, two rows of modules in a line of half blocks. Its colours are said, not those of the terminal: light on dark
 * would be another picture. Empty where it would be too wide.
 */
export function drawCode(text: string): string[] {
  const { data, size } = encode(text, { ecc: 'L', border })
  if (size > mostColumns) return []
  const lines: string[] = []
  for (let y = 0; y < size; y += 2) {
    const [upper = [], lower = []] = [data[y], data[y + 1]]
    const halves = upper.map((isDark, x) => blocks[isDark ? 1 : 0]?.[lower[x] === true ? 1 : 0] ?? ' ')
    lines.push(`\u001b[30;107m${halves.join('')}\u001b[0m`)
  }
  return lines
}

/** By whether the upper and the lower module are dark. */
const blocks = [
  [' ', '▄'],
  ['▀', '█'],
] as const
