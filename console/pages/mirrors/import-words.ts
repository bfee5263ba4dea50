import { isSsh } from './ssh-words.ts'
import type { ImportView } from '../../api/shapes.ts'

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
  waiting: 'Waits for its turn',
  connecting: 'Asks the other server',
  counting: 'The other server counts what it will send',
  receiving: 'Receives',
  resolving: 'Puts the pieces together',
  checking: 'Checks every object',
  landing: 'Puts branches and tags in place',
}

export const phaseWords = ({ state, phase }: Pick<ImportView, 'state' | 'phase'>): string =>
  state === 'waiting' ? phases.waiting : phases[phase]

/** How far its phase is, in per cent; null where nobody knows. */
export const percentOf = ({ objectsDone, objectsTotal }: Pick<ImportView, 'objectsDone' | 'objectsTotal'>) =>
  objectsTotal > 0 ? Math.min(100, Math.floor((objectsDone / objectsTotal) * 100)) : null

export const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
