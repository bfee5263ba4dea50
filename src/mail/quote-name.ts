import { escapeHidden } from '../audit/record.ts'

const longest = 200

/**
 * A name that somebody chose, as a letter may show it: one line, nothing hidden, and nothing that a mail program would
 * turn into a link, so that nobody writes to others in our name.
 */
export function quoteName(name: string): string {
  const line = escapeHidden(name.replaceAll(/\s+/gu, ' ')).trim()
  const harmless = line.replaceAll(/:(?=\/\/)|\.(?=\p{L}{2})|@/gu, (char) => `[${char}]`)
  return harmless.length > longest ? `${harmless.slice(0, longest - 1).toWellFormed()}…` : harmless
}
