import type { RepositoryImportTable } from '../database/schema.ts'

export type Progress = Pick<
  RepositoryImportTable,
  'phase' | 'objectsDone' | 'objectsTotal' | 'bytes' | 'bytesPerSecond'
>

const phases: Record<string, Progress['phase']> = {
  'Enumerating objects': 'counting',
  'Counting objects': 'counting',
  'Compressing objects': 'counting',
  'Receiving objects': 'receiving',
  'Resolving deltas': 'resolving',
  'Checking connectivity': 'checking',
}
const units: Record<string, number> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
const line =
  /^(?:remote: )?([A-Z][a-z]+ [a-z]+): (?:\s*\d+% \((\d+)\/(\d+)\)|(\d+))(?:, ([\d.]+) (bytes|[KMG]iB)(?: \| ([\d.]+) (bytes|[KMG]iB)\/s)?)?/

/** Reads one line of git's progress, as it stands between two carriage returns; undefined for any other line. */
export function parseProgress(text: string): Partial<Progress> | undefined {
  const [, title = '', done, total, single, size, sizeUnit = '', rate, rateUnit = ''] = line.exec(text) ?? []
  const phase = phases[title]
  if (phase === undefined) return undefined
  return {
    phase,
    objectsDone: Number(done ?? single),
    objectsTotal: Number(total ?? 0),
    ...(size === undefined ? {} : { bytes: Math.round(Number(size) * (units[sizeUnit] ?? 1)) }),
    ...(rate === undefined ? {} : { bytesPerSecond: Math.round(Number(rate) * (units[rateUnit] ?? 1)) }),
  }
}
