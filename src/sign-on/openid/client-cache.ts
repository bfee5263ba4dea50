import type { Db } from '../../database/handles.ts'
import { findOpenidClient, isApplicationId, isRsaWanted, type OpenidClient } from './find-client.ts'

/** What another node changed is known here so soon. */
const keptMs = 1_000
const mostKept = 1_000

export interface ClientCache {
  find(id: string): Promise<OpenidClient | undefined>
  /** Whether any of them takes identity tokens by RSA alone. */
  wantsRsa(): Promise<boolean>
  /** Something about an application was changed here. */
  forget(): void
}

/** A sign-on asks for its client five times over; it is read once. */
export function createClientCache(parts: {
  db: Db<'application' | 'applicationGroup' | 'openidClient'>
  now: () => number
}): ClientCache {
  const { db, now } = parts
  const kept = new Map<string, { client: Promise<OpenidClient | undefined>; until: number }>()
  let rsa: { isWanted: Promise<boolean>; until: number } | undefined
  return {
    find(id) {
      if (!isApplicationId(id)) return Promise.resolve(undefined)
      const at = now()
      const known = kept.get(id)
      if (known !== undefined && at < known.until) return known.client
      if (kept.size >= mostKept) kept.clear()
      const client = findOpenidClient(db, id, at)
      kept.set(id, { client, until: at + keptMs })
      client.catch(() => kept.delete(id))
      return client
    },
    wantsRsa() {
      const at = now()
      if (rsa !== undefined && at < rsa.until) return rsa.isWanted
      const asked = { isWanted: isRsaWanted(db), until: at + keptMs }
      rsa = asked
      asked.isWanted.catch(() => (rsa = undefined))
      return asked.isWanted
    },
    forget() {
      kept.clear()
      rsa = undefined
    },
  }
}
