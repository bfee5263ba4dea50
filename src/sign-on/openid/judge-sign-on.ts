import { judgeUse, type UseVerdict } from '../../applications/judge-use.ts'
import type { RecordedDecision } from '../../audit/decision.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Strength } from '../../database/schema.ts'
import type { Caller, SessionCaller } from '../../identity/caller.ts'
import type { JudgeParts } from '../../identity/judge-caller.ts'
import { credentialStrength, isAtLeast } from '../../policy/strength.ts'
import { tapNow } from '../judge-asked.ts'
import { type AskedProof, readAskedProof } from './asked-proof.ts'
import type { OpenidClient } from './find-client.ts'
import { covers, findSignOn } from './sign-on-grants.ts'

/** What became of the question of one application about one browser. */
export type SignOnVerdict =
  | { outcome: 'go'; caller: SessionCaller; scopes: readonly string[]; recorded: RecordedDecision }
  /** Nobody is signed in, or nobody who may do anything yet. */
  | { outcome: 'sign-in' }
  | Exclude<UseVerdict, { outcome: 'allow' }>
  /** Its person has to say yes first: it is somebody else’s, or wants them to be asked. */
  | { outcome: 'consent'; caller: SessionCaller; scopes: readonly string[]; recorded: RecordedDecision }
  /** It asks for what no key of theirs can prove. */
  | { outcome: 'unmet' }

interface SignOnQuestion {
  client: OpenidClient
  caller: Caller | undefined
  parameters: URLSearchParams
  address: string
  /** When it was asked first, where a tap since then is for it. */
  askedAt: number | null
  /** They have said yes to this very question. */
  hasConsented: boolean
}

/** Answers for every way a question comes: to the provider’s own address, and to the page that says what is missing. */
export async function judgeSignOn(parts: JudgeParts, question: SignOnQuestion, now: number): Promise<SignOnVerdict> {
  const { client, caller, parameters, address, askedAt, hasConsented } = question
  if (!isPerson(caller) || caller.shortfall !== null) return { outcome: 'sign-in' }
  const { application, settings } = client
  const asked = readAskedProof(parameters)
  const hasTapped = askedAt !== null && caller.authenticatedAt >= askedAt
  const verdict = await judgeUse(
    parts,
    {
      caller,
      application,
      request: null,
      address,
      asked: {
        ...(asked.strength === null ? {} : { strength: asked.strength }),
        ...(asked.maxAgeSeconds === null || hasTapped ? {} : { maxAgeSeconds: asked.maxAgeSeconds }),
      },
    },
    now,
  )
  if (verdict.outcome === 'deny') return verdict
  if (asked.isUnknown || !(await canProve(parts.database.read, caller, asked))) return { outcome: 'unmet' }
  if (verdict.outcome === 'step-up') return verdict
  if (asked.isFresh && !hasTapped) return tapNow(application)
  const scopes = askedScopes(parameters)
  const { recorded } = verdict
  if (asked.isConsent && !hasConsented) return { outcome: 'consent', caller, scopes, recorded }
  if (settings.isThirdParty) {
    const of = { sessionId: caller.by.sessionId, applicationId: application.id, at: now }
    const known = await findSignOn(parts.database.read, of)
    if (known === undefined || !covers(known, scopes)) return { outcome: 'consent', caller, scopes, recorded }
  }
  return { outcome: 'go', caller, scopes, recorded }
}

const isPerson = (caller: Caller | undefined): caller is SessionCaller =>
  caller?.by.kind === 'session' && caller.kind === 'person'

/** Those that say something about a person. */
const askedScopes = (parameters: URLSearchParams): string[] => {
  const asked = new Set((parameters.get('scope') ?? '').split(' '))
  return ['openid', 'profile', 'email'].filter((scope) => asked.has(scope))
}

/** Whether any key of theirs could prove what the application asks for, so that it makes sense to ask for it. */
async function canProve(
  db: Db<'credentialRecord'>,
  caller: { id: Id<'usr'>; strength: Strength },
  { strength }: AskedProof,
): Promise<boolean> {
  if (strength === null || isAtLeast(caller.strength, strength)) return true
  const keys = await db
    .selectFrom('credentialRecord')
    .select(['backupEligible', 'attestationOutcome', 'strengthCap'])
    .where('userId', '=', caller.id)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    .execute()
  return keys.some((key) => isAtLeast(credentialStrength(key), strength))
}
