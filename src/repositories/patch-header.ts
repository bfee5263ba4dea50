import type { RawDiffFile } from './diff-list.ts'

/** What stands above the hunks of one file, as `git diff` writes it. */
export function patchHeader(file: RawDiffFile): string {
  const { status, oldMode, newMode, oldOid, newOid } = file
  const oldName = file.oldPath ?? file.newPath ?? ''
  const newName = file.newPath ?? file.oldPath ?? ''
  const changesMode = status !== 'added' && status !== 'deleted' && oldMode !== newMode
  const lines = [
    `diff --git ${quotePath(`a/${oldName}`)} ${quotePath(`b/${newName}`)}`,
    ...(status === 'added' ? [`new file mode ${newMode}`] : []),
    ...(status === 'deleted' ? [`deleted file mode ${oldMode}`] : []),
    ...(changesMode ? [`old mode ${oldMode}`, `new mode ${newMode}`] : []),
    ...(status === 'renamed' ? [`rename from ${quotePath(oldName)}`, `rename to ${quotePath(newName)}`] : []),
    ...(status === 'copied' ? [`copy from ${quotePath(oldName)}`, `copy to ${quotePath(newName)}`] : []),
    ...(oldOid === newOid
      ? []
      : [
          `index ${oldOid.slice(0, 12)}..${newOid.slice(0, 12)}${oldMode === newMode ? ` ${newMode}` : ''}`,
          `--- ${status === 'added' ? '/dev/null' : quotePath(`a/${oldName}`)}`,
          `+++ ${status === 'deleted' ? '/dev/null' : quotePath(`b/${newName}`)}`,
        ]),
  ]
  return `${lines.join('\n')}\n`
}

const escapes: Record<string, string> = {
  '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\v': '\\v', '\f': '\\f', '\b': '\\b', '\x07': '\\a',
} // prettier-ignore

/** As git with `core.quotePath=false`: a name with control characters, quotes or backslashes is quoted like in C. */
function quotePath(path: string): string {
  // eslint-disable-next-line no-control-regex
  const odd = /["\\\u0000-\u001f\u007f]/g
  const quoted = path.replaceAll(odd, (char) => escapes[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return quoted === path ? path : `"${quoted}"`
}
