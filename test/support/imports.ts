import type { ImportView } from '../../src/mirrors/shapes.ts'
import type { Person } from '../../src/walk/person.ts'
import { until } from './git-remote.ts'

/** Other servers of the tests listen on this machine. */
export const allowed = ['--outbound-allow', '127.0.0.0/8']
export const secret = 'correct-horse-battery'

const isOver = ({ state }: ImportView): boolean => state !== 'running' && state !== 'waiting'
export const ended = (person: Person, name: string): Promise<ImportView> =>
  until(() => person.call<ImportView>('GET', `/projects/moved/repositories/${name}/import`), isOver)
export const begin = (person: Person, name: string, url: string, more = {}): Promise<ImportView> =>
  person.call('POST', '/projects/moved/imports', { name, url, ...more })
