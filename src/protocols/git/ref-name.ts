export type RefNameProblem =
  | 'empty'
  | 'too-long'
  | 'component'
  | 'two-dots'
  | 'forbidden-character'
  | 'invisible-character'
  | 'ends-with-dot'
  | 'at-brace'
  | 'dash'
  | 'reserved'

export const refNameSentences: Record<RefNameProblem, string> = {
  empty: 'A name is needed.',
  'too-long': 'The name is too long: 250 bytes at most.',
  component: 'No part between slashes may be empty, begin with a dot or end with ".lock".',
  'two-dots': 'The name may not contain "..".',
  'forbidden-character': 'The name may not contain spaces, control characters or any of ~ ^ : ? * [ \\.',
  'invisible-character': 'The name may not contain invisible or direction-changing characters.',
  'ends-with-dot': 'The name may not end with a dot.',
  'at-brace': 'The name may not contain "@{".',
  dash: 'The name may not begin with a dash.',
  reserved: 'This name is reserved by git.',
}

// A lock file is the name with ".lock" appended, and a file name holds 255 bytes.
const maxBytes = 250
// What no character is yet counts among them, and so does each space: no seal could hold such a name.
const invisible = /[\p{C}\p{Z}\u{fe00}-\u{fe0f}\u{115f}\u{1160}\u{3164}\u{ffa0}]/u

/**
 * What is wrong with a full reference name such as `refs/heads/main`, or nothing: git-check-ref-format(1), rules 1 to 10,
 * and stricter: valid Unicode, nothing invisible, at most 250 bytes.
 */
export function checkRefName(name: string): RefNameProblem | undefined {
  const components = name.split('/')
  if (name === '') return 'empty'
  if (Buffer.byteLength(name) > maxBytes) return 'too-long'
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)) return 'forbidden-character'
  if (invisible.test(name)) return 'invisible-character'
  if (components.some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock'))) return 'component'
  if (name.includes('..')) return 'two-dots'
  if (name.includes('@{')) return 'at-brace'
  if (name.endsWith('.')) return 'ends-with-dot'
  if (components.length < 2) return 'reserved'
  return undefined
}

/** The same for a branch's or tag's short name, as typed by a person: git-check-ref-format `--branch`. */
export function checkShortRefName(name: string): RefNameProblem | undefined {
  if (name === '') return 'empty'
  if (name.startsWith('-')) return 'dash'
  if (name === 'HEAD' || name === '@' || name.startsWith('refs/')) return 'reserved'
  return checkRefName(`refs/heads/${name}`)
}
