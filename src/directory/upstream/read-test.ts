import type { Db } from '../../database/handles.ts'
import { strengthWords } from '../../policy/words.ts'
import type { Claims } from './claims.ts'
import { findJoined } from './find-or-make-person.ts'
import type { Provider } from './openid.ts'
import { readIdentity } from './proven-identity.ts'
import { groupMapOf } from './providers.ts'
import type { TestResult } from './shapes.ts'
import { UpstreamError } from './upstream-error.ts'

const maxClaimsLength = 20_000

/** What a test sign-in brought, and what it would mean here. Nobody is signed in, joined or made by it. */
export async function readTest(
  db: Db<'externalIdentity' | 'user'>,
  provider: Provider,
  arrive: () => Promise<Claims>,
): Promise<TestResult> {
  try {
    const claims = await arrive()
    const identity = readIdentity(claims, provider)
    const joined = await findJoined(db, identity)
    const map = groupMapOf(provider)
    const groups = identity.groups === null ? undefined : [...(identity.groups ?? [])]
    const row = (label: string, value: string) => ({ label, value })
    return {
      providerId: provider.id,
      problem: null,
      claims: JSON.stringify(claims, null, 2).slice(0, maxClaimsLength),
      reading: [
        row('Name', identity.displayName),
        row('Known there as', identity.label),
        row('Here', joined === undefined ? 'nobody is joined with it yet' : joined.user.username),
        row(
          'E-mail address',
          identity.address === undefined
            ? 'not vouched for: it makes and joins no account'
            : `${identity.address}, vouched for`,
        ),
        row('Counts as', strengthWords[identity.strength]),
        ...(groups === undefined
          ? []
          : [
              row(
                'Groups there',
                identity.groups === undefined ? 'too many: it does not list them' : groups.join(', ') || 'none',
              ),
              row('Groups here', groups.flatMap((group) => map.get(group) ?? []).join(', ') || 'none'),
            ]),
        ...(provider.requiredGroup === null
          ? []
          : [row(`In ${provider.requiredGroup}`, groups?.includes(provider.requiredGroup) === true ? 'yes' : 'no')]),
      ],
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    return { providerId: provider.id, problem: error.message, claims: null, reading: [] }
  }
}
