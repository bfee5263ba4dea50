import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { RefUpdateTable } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { RepositoryPlace } from './place.ts'
import type { RefDone, RefParts } from './ref-updates.ts'

export interface PushParts extends RefParts {
  /** Where people open this instance, for the lines a push prints. */
  origin: string
  maxBlobBytes: number
  /** Runs in the transaction that says the refs have moved; the same function as `reconcile` gets. */
  onDone?: RefDone | undefined
  /** Runs before the pusher has their answer; what it throws is logged and changes nothing. */
  afterPush?: ((place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>) | undefined
  log: (error: unknown, text: string) => void
}

export interface Push {
  place: RepositoryPlace
  caller: Caller
  /** Unread. */
  body: Readable
  response: ServerResponse
}
