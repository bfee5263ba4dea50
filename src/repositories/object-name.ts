import { GitError } from './git-error.ts'

const maxBytes = 4096

/**
 * A revision that may be asked of git: one line, no text search through history (`:/fix`, `main^{/fix}`), which would let
 * one request read every commit.
 * @throws GitError `object-name-refused`
 */
export function checkObjectName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const refused = name === '' || /[\u0000-\u001f\u007f]/.test(name) || /[\ud800-\udfff]/u.test(name)
  if (refused || name.startsWith(':') || name.includes('^{/') || Buffer.byteLength(name) > maxBytes) {
    throw new GitError('object-name-refused', { detail: JSON.stringify(name.slice(0, 200)) })
  }
  return name
}
