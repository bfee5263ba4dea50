const mostBytes = 255

// What git's own check of a push leaves out of account where a file system does: HFS+ these, Windows what follows a colon
// and dots and spaces at the end.
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
const shown = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u

/** What is wrong with the name of a new file or folder, in a sentence; nothing where it may be made. */
export function checkPart(part: string): string | undefined {
  if (part === '') return 'A path has no empty parts, and no slash at either end.'
  if (part === '.' || part === '..') return `No part of a path may be “${part}”.`
  if (Buffer.byteLength(part) > mostBytes) return `A name has ${mostBytes} bytes at most.`
  const plain = part
    .replaceAll(unseen, '')
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '')
  if (plain === '.git' || plain === 'git~1') return 'git keeps the name “.git” for itself.'
  if (!shown.test(part)) return 'A name has no control characters and nothing invisible.'
  if (part.includes('\\')) return 'A name has no backslash: some systems take it for a folder.'
  return undefined
}
