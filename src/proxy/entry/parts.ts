import type { BearerSource } from '../../access-keys/bearer.ts'
import type { Bus } from '../../bus/bus.ts'
import type { Database } from '../../database/handles.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { AssertionKeys } from './assertion-keys.ts'
import type { RouteCookies } from './route-cookies.ts'
import type { CutRouteSession } from './route-sessions.ts'

/** What everything in this folder is given. */
export interface EntryParts {
  database: Database
  policy: PolicyInForce & { onChanged(listener: () => void): void }
  bus: Pick<Bus, 'on' | 'nudge'>
  /** Whatever programs come in with. */
  sources: readonly BearerSource[]
  /** Of this instance. */
  origin: string
  cookies: RouteCookies
  keys: AssertionKeys
  cut: CutRouteSession
  /** Counts what an address has shown in vain. @throws 429 where that was too much */
  countFailure: (address: string) => Promise<void>
  now: () => number
}
