import type { Id } from '../database/id.ts'
import { forbidden, notFound } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { findPlace, type PlaceParts } from './access.ts'

/** The repository whose part of the log this caller may read: its administrators, and those of the organisation. */
export async function findAuditedRepository(parts: PlaceParts, caller: Caller, path: string): Promise<Id<'rep'>> {
  const [project = '', repository = ''] = path.split('/')
  const place = await findPlace(parts, caller, { project, repository })
  if (place === undefined) throw notFound('This repository')
  if (place.role !== 'admin')
    throw forbidden(`Only administrators of ${place.path} can read what happened in it.`, 'Ask one of them.')
  return place.repository.id
}
