import { type Comparison, getDiffFile, keyOf } from './diff.ts'
import type { RawDiffFile } from './diff-list.ts'
import { knownHunks } from './diff-patches.ts'
import { maxComparedBytes } from './git-diffs.ts'
import { GitError } from './git-error.ts'
import type { Source } from './revision.ts'
import { renderPatch, withoutPatch } from './render-patch.ts'
import type { FilePatch } from './shapes.ts'
import { submoduleMode } from './tree.ts'

const maxPatchBytes = 1024 ** 2
const maxPatchLines = 20_000
const zeros = '0'.repeat(40)

type Hunks = { text: string } | { refused: 'binary' | 'too-large' }

/** The unified diff of one file of a change, by its number in the list. Invalid UTF-8 is shown by U+FFFD. */
export async function readFilePatch(source: Source, comparison: Comparison, index: number): Promise<FilePatch> {
  const raw = await getDiffFile(source, comparison, index)
  const known = raw.isBinary ? undefined : knownHunks.get(keyOf(source, comparison))?.[index]
  const hunks = limited(
    known === undefined ? await readHunks(source, raw, comparison.objectDirectory) : { text: known },
  )
  return 'refused' in hunks ? withoutPatch(raw, hunks.refused) : renderPatch(raw, hunks.text)
}

function limited(hunks: Hunks): Hunks {
  if ('refused' in hunks) return hunks
  let lines = 0
  for (let at = hunks.text.indexOf('\n'); at !== -1; at = hunks.text.indexOf('\n', at + 1)) lines++
  return lines > maxPatchLines || Buffer.byteLength(hunks.text) > maxPatchBytes ? { refused: 'too-large' } : hunks
}

/**
 * The objects themselves are compared, not the paths: a path may be no UTF-8, and git would take it for the directory of
 * that name as well.
 */
async function readHunks(
  { git, folder }: Source,
  file: RawDiffFile,
  objectDirectory: string | undefined,
): Promise<Hunks> {
  const { oldOid, newOid, oldMode, newMode } = file
  if (oldOid === newOid) return { text: '' }
  if (oldMode === submoduleMode || newMode === submoduleMode) return { text: submoduleHunk(file) }
  const options = { repository: folder, ...(objectDirectory === undefined ? {} : { objectDirectory }) }
  const sizes = await Promise.all([oldOid, newOid].map(readSize))
  if (sizes.some((size) => size > maxComparedBytes)) return { refused: 'too-large' }
  if (file.isBinary) return { refused: 'binary' }
  if (oldOid === zeros || newOid === zeros)
    return readWhole(oldOid === zeros ? newOid : oldOid, oldOid === zeros ? '+' : '-')
  try {
    const { stdout } = await git.run(
      ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--end-of-options', oldOid, newOid],
      { ...options, maxOutputBytes: 2 * maxPatchBytes },
    )
    const start = stdout.indexOf('\n@@ ')
    return { text: start === -1 ? '' : stdout.toString('utf8', start + 1) }
  } catch (error) {
    if (error instanceof GitError && error.code === 'git-output-too-large') return { refused: 'too-large' }
    throw error
  }

  async function readSize(oid: string): Promise<number> {
    if (oid === zeros) return 0
    const { stdout } = await git.run(['cat-file', '-s', oid], options)
    return Number(stdout.toString())
  }

  async function readWhole(oid: string, sign: '+' | '-'): Promise<Hunks> {
    if (Math.max(...sizes) > maxPatchBytes) return { refused: 'too-large' }
    const { stdout } = await git.run(['cat-file', 'blob', oid], options)
    return { text: wholeHunk(stdout.toString(), sign) }
  }
}

/** All lines of a file that was added or deleted, as one hunk. */
function wholeHunk(text: string, sign: '+' | '-'): string {
  if (text === '') return ''
  const endsWithNewline = text.endsWith('\n')
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n')
  const range = lines.length === 1 ? '1' : `1,${lines.length}`
  const head = sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`
  const body = lines.map((line) => `${sign}${line}\n`).join('')
  return `${head}\n${body}${endsWithNewline ? '' : '\\ No newline at end of file\n'}`
}

/** As git writes it. */
function submoduleHunk({ oldOid, newOid, oldMode, newMode }: RawDiffFile): string {
  const line = (sign: string, mode: string, oid: string): string =>
    mode === submoduleMode && oid !== zeros ? `${sign}Subproject commit ${oid}\n` : ''
  const [before, after] = [line('-', oldMode, oldOid), line('+', newMode, newOid)]
  return `@@ ${before === '' ? '-0,0' : '-1'} ${after === '' ? '+0,0' : '+1'} @@\n${before}${after}`
}
