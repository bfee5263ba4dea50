import { hash } from 'node:crypto'
import type { ActDescription } from './access.ts'

/** What a seal names of a thing that its path could come to mean another of: a name can be given again, an id cannot. */
export const actSubject = (name: string, id: string): NonNullable<ActDescription['subjects']>[number] => ({
  name,
  digest: { sha256: hash('sha256', id, 'hex') },
})
