import type { Database } from '../database/handles.ts'
import { invalid } from '../http/problem.ts'
import type { Caller, SessionCaller } from '../identity/caller.ts'
import { listCredentialRecords } from '../identity/credential-records.ts'
import { isOver } from '../identity/guests/is-over.ts'
import { getPersonByName } from '../identity/people.ts'
import { policyKey, readPolicyActor } from '../identity/policy-actor.ts'
import { namesAct } from '../policy/compile.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { Rule } from '../policy/rule.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import type { Application } from './application.ts'
import type { ApplicationKind, Previewed } from './application-kind.ts'
import { judgeUse } from './judge-use.ts'
import type { SignInTest } from './shapes.ts'

/**
 * What would happen if somebody opened this application now: the same verdict as at the door, what the tool would be
 * told, and the guardrails that speak of it. Nothing is sent. Somebody else is taken to tap their strongest key this
 * moment, from where the administrator is. @throws 404 for nobody of that name
 */
export async function testSignIn(
  { database, policy }: { database: Pick<Database, 'read'>; policy: PolicyInForce },
  {
    application,
    kind,
    caller,
    username,
    at,
  }: {
    application: Application
    kind: ApplicationKind
    caller: SessionCaller
    username: string | undefined
    at: number
  },
): Promise<SignInTest> {
  const db = database.read
  const person =
    username === undefined || username === caller.username ? caller : await imagine(db, caller, username, at)
  // Asked only to explain: no decision was made, so none is counted.
  const quiet = { current: () => policy.current() }
  const use = { caller: person, application, request: null, address: caller.address }
  const verdict = await judgeUse({ database, policy: quiet }, use, at)
  const actor = await readPolicyActor(db, person)
  const isAbout = ({ where, mode }: Rule): boolean =>
    mode !== 'off' && (where?.applications === undefined || where.applications.includes(application.slug))
  const rules = (policy.current().byAct.get('application.use') ?? []).filter(
    (compiled) =>
      namesAct(compiled.rule, 'application.use') && isAbout(compiled.rule) && compiled.concerns(actor, null),
  )
  const address = await db.selectFrom('user').select('emailVerifiedAt').where('id', '=', person.id).executeTakeFirst()
  return {
    person: { id: person.id, username: person.username, displayName: person.displayName },
    strength: person.strength,
    outcome: verdict.outcome,
    sentence: verdict.outcome === 'allow' ? null : verdict.sentence,
    help: verdict.outcome === 'deny' ? verdict.help : null,
    sent:
      verdict.outcome === 'deny'
        ? []
        : (await kind.preview(db, application, person)).map(({ name, value }) => ({
            name,
            value: typeof value === 'string' ? value : [...value],
          })),
    isAddressProven: address?.emailVerifiedAt !== null,
    rules: rules.map(({ rule }) => rule),
  }
}

/** Somebody as they would come with their strongest key. */
async function imagine(
  db: Database['read'],
  caller: SessionCaller,
  username: string,
  at: number,
): Promise<Caller & Previewed> {
  const user = await getPersonByName(db, username)
  if (user.kind !== 'person' || user.state !== 'active' || isOver(user, at))
    throw invalid(
      'username',
      `${user.displayName} cannot come in at all, so nothing would be sent. Choose somebody else.`,
    )
  const keys = await listCredentialRecords(db, user.id)
  const [best] = keys.sort((one, other) => (isAtLeast(credentialStrength(one), credentialStrength(other)) ? -1 : 1))
  return {
    id: user.id,
    kind: user.kind,
    username: user.username,
    displayName: user.displayName,
    role: user.role,
    isDemo: user.isDemo === 1,
    strength: best === undefined ? 'password' : credentialStrength(best),
    authenticatedAt: at,
    address: caller.address,
    shortfall: null,
    by: {
      kind: 'session',
      // Of no session: nothing that is asked here looks one up.
      sessionId: 'ses_imagined',
      sessionHash: '',
      credentialRecordId: best?.id ?? null,
      method: best === undefined ? 'password' : 'passkey',
      key: best === undefined ? null : policyKey(best),
    },
  }
}
