import type { Id } from '../../database/id.ts'
import { routeOrigin } from '../routes/route-origin.ts'
import type { Route } from '../route.ts'
import type { AssertionKeys } from './assertion-keys.ts'
import type { Identity } from './identity.ts'

/** A tool hears the same word for at most so long, and may believe it for the rest of its life. */
const reuseMs = 60_000
const lifeSeconds = 300
/** One for each person on each route that is in use. */
const mostKept = 20_000

/** Our signed word to one tool about whoever came: who, how strongly proven, and when. */
type Assert = (
  /** What it is kept by: whatever they came in with. */
  holder: string,
  route: Route,
  identity: Identity,
  /** Of the session here, for a tool that wants to know which requests belong together. */
  sid: Id<'rse'> | undefined,
) => Promise<string>

export function createAssertions({
  keys,
  origin,
  now,
}: {
  keys: AssertionKeys
  origin: string
  now: () => number
}): Assert {
  const kept = new Map<string, { said: string; jwt: string; signedAt: number; era: number }>()
  return async (holder, route, identity, sid) => {
    const aud = routeOrigin(origin, route.host)
    const claims = { iss: origin, aud, ...identity, ...(sid === undefined ? {} : { sid }) }
    const said = JSON.stringify(claims)
    const at = now()
    const era = keys.era()
    const known = kept.get(holder)
    if (known?.said === said && known.era === era && at - known.signedAt < reuseMs && at >= known.signedAt)
      return known.jwt
    const iat = Math.floor(at / 1000)
    const jwt = await keys.sign({ ...claims, iat, exp: iat + lifeSeconds })
    kept.delete(holder)
    kept.set(holder, { said, jwt, signedAt: at, era })
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return jwt
  }
}
