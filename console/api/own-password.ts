import { getQuery } from './queries.ts'
import type { OwnPassword } from './shapes.ts'

/** The password of whoever is signed in; null where they have none. */
export const ownPasswordQuery = getQuery<OwnPassword | null>('/me/password')
