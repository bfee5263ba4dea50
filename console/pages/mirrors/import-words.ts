import { isSsh } from './ssh-words.ts'
import type { ImportResult, ImportView } from '../../api/shapes.ts'

/** What a repository would be called here, by its address elsewhere; empty where that says nothing. */
export function suggestName(url: string): string {
  const last =
    url
      .trim()
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split(isSsh(url) ? /[/:]/ : '/')
      .at(-1) ?? ''
  const name = last.replace(/\.git$/, '')
  return /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/.test(name) && (isSsh(url) || url.includes('/', url.indexOf('//') + 2))
    ? name
    : ''
}

const phases: Record<ImportView['phase'], string> = {
  waiting: 'Waiting for its turn',
  connecting: 'Asking the other server',
  counting: 'The other server is counting what it will send',
  receiving: 'Receiving',
  resolving: 'Putting the pieces together',
  checking: 'Checking every object',
  'large-files': 'Bringing files of Git LFS',
  landing: 'Putting branches and tags in place',
}

/** What became of the files that pointers of Git LFS name; null where all of them came, or there is none. */
export function lfsLeftWords({ lfsPointers, lfs }: Pick<ImportResult, 'lfsPointers' | 'lfs'>): string | null {
  if (lfsPointers === null)
    return 'There were too many small files to look for pointers of Git LFS. What such pointers name was not brought.'
  if (lfsPointers === 0 || lfs?.missing === 0) return null
  // Of an import from before files were brought.
  if (lfs === undefined) return `${count(lfsPointers, 'pointer', 'pointers')} came, and what they name was not brought.`
  return `${count(lfs.missing, 'file was', 'files were')} not brought. ${lfs.reason ?? ''}`.trim()
}

export const phaseWords = ({ state, phase }: Pick<ImportView, 'state' | 'phase'>): string =>
  state === 'waiting' ? phases.waiting : phases[phase]

/** How far its phase is, in per cent; null where nobody knows. */
export const percentOf = ({ objectsDone, objectsTotal }: Pick<ImportView, 'objectsDone' | 'objectsTotal'>) =>
  objectsTotal > 0 ? Math.min(100, Math.floor((objectsDone / objectsTotal) * 100)) : null

type Progress = Pick<ImportView, 'phase' | 'objectsDone' | 'objectsTotal' | 'bytes' | 'bytesPerSecond'>

/**
 * What an import means for a page that still sees an empty repository: it fills, or what was to come did not. One that was
 * done a moment ago has filled it, and the page is about to learn that.
 */
export function movingState(
  view: Pick<ImportView, 'state' | 'result' | 'finishedAt'> | undefined,
  now: number,
): 'under-way' | 'stopped' | null {
  if (view === undefined) return null
  const { state, result, finishedAt } = view
  if (state !== 'done') return state === 'failed' || state === 'interrupted' ? 'stopped' : 'under-way'
  const isFilled = result !== null && result.branches + result.tags > 0
  return isFilled && finishedAt !== null && now - finishedAt < 60_000 ? 'under-way' : null
}

/** "about 2 minutes left", by what an object took so far; empty while nobody can say. */
export function leftWords({ phase, objectsDone, objectsTotal, bytes, bytesPerSecond }: Progress): string {
  if (phase !== 'receiving' || objectsDone <= 0 || objectsTotal <= objectsDone || bytesPerSecond <= 0) return ''
  const seconds = ((objectsTotal - objectsDone) * (bytes / objectsDone)) / bytesPerSecond
  if (seconds < 50) return 'less than a minute left'
  const minutes = Math.round(seconds / 60)
  return minutes < 90
    ? `about ${count(minutes, 'minute', 'minutes')} left`
    : `about ${count(Math.round(minutes / 60), 'hour', 'hours')} left`
}

export const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
