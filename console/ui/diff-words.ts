import type { DiffFile } from '../api/shapes.ts'

export const diffPath = (file: DiffFile): string => file.newPath ?? file.oldPath ?? ''

const STATUS: Record<DiffFile['status'], string | null> = {
  added: 'New file',
  deleted: 'Deleted',
  modified: null,
  renamed: 'Renamed',
  copied: 'Copied',
  'type-changed': 'Kind changed',
}

const MODES: Record<string, string> = {
  '100644': 'a plain file',
  '100755': 'an executable file',
  '120000': 'a symbolic link',
  '160000': 'a submodule',
}

const modeWords = (mode: string) => MODES[mode] ?? `mode ${mode}`
const exists = (mode: string) => !/^0*$/.test(mode)

/** What else than lines changed, each as a few words: "Renamed", "Now an executable file". */
export function changeWords(file: DiffFile): string[] {
  const words = STATUS[file.status] === null ? [] : [STATUS[file.status] ?? '']
  const isModeChange = exists(file.oldMode) && exists(file.newMode) && file.oldMode !== file.newMode
  if (isModeChange) words.push(`Was ${modeWords(file.oldMode)}, now ${modeWords(file.newMode)}`)
  else if (file.newMode === '160000' || file.oldMode === '160000') words.push('Submodule')
  else if (file.newMode === '120000') words.push('Symbolic link')
  else if (file.status === 'added' && file.newMode === '100755') words.push('Executable')
  return words
}
