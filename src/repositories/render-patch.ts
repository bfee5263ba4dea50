import type { RawDiffFile } from './diff-list.ts'
import { patchHeader } from './patch-header.ts'
import type { FilePatch } from './shapes.ts'
import { hidesSomething } from './text.ts'

/** One file's change as people read it; whether something in it hides is judged by its name and what was added. */
export function renderPatch(raw: RawDiffFile, hunks: string): FilePatch {
  // Of the whole first: hardly any change has something hidden in it, and then no line has.
  const hides =
    hidesSomething(hunks) && hunks.split('\n').some((line) => line.startsWith('+') && hidesSomething(line.slice(1)))
  const empty = withoutPatch(raw, 'binary')
  return {
    ...empty,
    patch: `${patchHeader(raw)}${hunks}`,
    reason: null,
    hasHiddenCharacters: empty.hasHiddenCharacters || hides,
  }
}

export function withoutPatch(raw: RawDiffFile, reason: 'binary' | 'too-large'): FilePatch {
  const { oldOid: _old, newOid: _new, ...file } = raw
  return { file, patch: null, reason, hasHiddenCharacters: hidesSomething(file.newPath ?? '') }
}
