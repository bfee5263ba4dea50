import type { Action } from '../audit/actions.ts'
import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Strength } from '../database/schema.ts'
import { strengthWords } from '../policy/words.ts'
import { type RecoveryNotice, recoveryNotices } from './recovery/recovery-notices.ts'
import { findUserById, findUserByUsername } from './users.ts'

/** What a person is told about their own account, by whatever way reaches them beside the page. */
export type Notice = { toUserId: Id<'usr'> } & (
  | { kind: 'passkey-added' | 'passkey-removed' | 'passkey-registered'; facts: { credential: string; at: number } }
  | { kind: 'password-changed' | 'codes-set-up' | 'password-ended'; facts: { reason: string; at: number } }
  | { kind: 'token-made'; facts: { token: string; expiresAt: number; at: number } }
  | { kind: 'sessions-ended'; facts: { count: number; at: number } }
  | { kind: 'access-ended' | 'access-restored'; facts: { at: number } }
  | { kind: 'link-made'; facts: { by: string | null; at: number } }
  | { kind: 'sign-in-joined'; facts: { place: string; by: 'person' | 'domain'; at: number } }
  | { kind: 'passkey-rejudged'; facts: { credential: string; before: string; now: string; reason: string } }
)

type AccountAction = Extract<
  Action,
  | `${'person' | 'access' | 'credential' | 'identity' | 'password' | 'session' | 'token'}.${string}`
  | 'instance.setup-link'
>
type Teller = (event: AuditEntry, db: Db<'user'>) => Promise<Notice | RecoveryNotice | undefined>

/**
 * Every event about a person's account, and who is told of it; or why nobody is. A new one does not compile before it
 * is settled here.
 */
export const notices: Record<AccountAction, Teller | { none: string }> = {
  'person.registered': async (event) =>
    event.facts?.['purpose'] === 'setup' ? undefined : aboutPasskey('passkey-registered', event),
  'person.added': { none: 'they have no account to lose yet; the link reaches them by whoever added them' },
  'person.arrived': { none: 'they are there at that moment' },
  'person.changed': { none: 'whatever it lets them do still takes a tap of their own; what it no longer does says so' },
  'person.self-registered': { none: 'they did it at that moment' },
  'access.ended': async (event, db) => aboutAccess('access-ended', event, db),
  'access.restored': async (event, db) => aboutAccess('access-restored', event, db),
  'person.link': async (event, db) => linkMade(event, event.target.id as Id<'usr'>, db),
  'instance.setup-link': async (event, db) => {
    const owner = await findUserByUsername(db, String(event.facts?.['for'] ?? ''))
    return owner && linkMade(event, owner.id, db)
  },
  'person.imported': { none: 'each of them is told by their invitation' },
  'person.upgrade-link': { none: 'what comes of it is a passkey, and of that they are told' },
  'password.changed': async (event) => aboutPassword('password-changed', event),
  'password.codes-set-up': async (event) => aboutPassword('codes-set-up', event),
  'password.ended': async (event) => aboutPassword('password-ended', event),
  'session.started': { none: 'every day’s business' },
  'session.refused': { none: 'nobody is known, and anybody could cause letters' },
  'session.ended': { none: 'they did it themselves, or see it at once' },
  'session.ended-upstream': { none: 'they signed out where they had signed in' },
  'session.ended-other': async ({ actor, facts, at }) => {
    const count = Number(facts?.['count'] ?? 0)
    return actor === null || count === 0
      ? undefined
      : { toUserId: actor.id, kind: 'sessions-ended', facts: { count, at } }
  },
  'credential.added': async (event) => aboutPasskey('passkey-added', event),
  'credential.renamed': { none: 'changes nothing that a key may do' },
  'credential.removed': async (event) => aboutPasskey('passkey-removed', event),
  'credential.endorsed': { none: 'only adds to what their own key may do' },
  'credential.counter-regressed': { none: 'would come at each sign-in; administrators see it' },
  'credential.rejudged': async (event, db) => rejudged(event, db),
  'token.created': async ({ actor, facts, at }) =>
    actor === null
      ? undefined
      : {
          toUserId: actor.id,
          kind: 'token-made',
          facts: { token: String(facts?.['token'] ?? ''), expiresAt: Number(facts?.['expiresAt'] ?? at), at },
        },
  ...recoveryNotices,
  'identity.linked': async ({ target, facts, at }) => ({
    toUserId: target.id as Id<'usr'>,
    kind: 'sign-in-joined',
    facts: { place: String(facts?.['provider'] ?? ''), by: facts?.['by'] === 'person' ? 'person' : 'domain', at },
  }),
  'identity.unlinked': { none: 'takes power away, and took their own tap' },
  'identity.groups-changed': { none: 'would come at each sign-in; what it lets them do still takes a tap' },
  'token.ended': { none: 'takes power away; whatever used it says so' },
}

/** What is to be told because of this event, and to whom. */
export async function findNotice(db: Db<'user'>, event: AuditEntry): Promise<Notice | RecoveryNotice | undefined> {
  if (!Object.hasOwn(notices, event.action)) return undefined
  const teller = notices[event.action as AccountAction]
  return typeof teller === 'function' ? teller(event, db) : undefined
}

function aboutPassword(
  kind: 'password-changed' | 'codes-set-up' | 'password-ended',
  { target, facts, at }: AuditEntry,
): Notice {
  return { toUserId: target.id as Id<'usr'>, kind, facts: { reason: String(facts?.['reason'] ?? ''), at } }
}

function aboutPasskey(
  kind: 'passkey-added' | 'passkey-removed' | 'passkey-registered',
  { actor, facts, at }: AuditEntry,
): Notice | undefined {
  if (actor === null) return undefined
  return { toUserId: actor.id, kind, facts: { credential: String(facts?.['credential'] ?? ''), at } }
}

/** Only where it changes what the passkey can do. */
async function rejudged({ facts = {} }: AuditEntry, db: Db<'user'>): Promise<Notice | undefined> {
  const { credential = '', person = '', formerStrength, strength, model, statuses, blob = 0 } = facts
  const owner = formerStrength === strength ? undefined : await findUserByUsername(db, String(person))
  if (owner === undefined) return undefined
  const said = statuses ? ` is reported with ${statuses}` : ' is judged by what its maker says of it'
  return {
    toUserId: owner.id,
    kind: 'passkey-rejudged',
    facts: {
      credential: String(credential),
      before: strengthWords[formerStrength as Strength],
      now: strengthWords[strength as Strength],
      reason: `by FIDO metadata number ${blob} its model${model ? `, ${model},` : ''}${said}.`,
    },
  }
}

/** Agents read no letters. */
async function aboutAccess(
  kind: 'access-ended' | 'access-restored',
  { target, at }: AuditEntry,
  db: Db<'user'>,
): Promise<Notice | undefined> {
  const user = await findUserById(db, target.id as Id<'usr'>)
  return user?.kind === 'person' ? { toUserId: user.id, kind, facts: { at } } : undefined
}

async function linkMade({ actor, at }: AuditEntry, toUserId: Id<'usr'>, db: Db<'user'>): Promise<Notice> {
  const by = actor === null ? undefined : await findUserById(db, actor.id)
  return { toUserId, kind: 'link-made', facts: { by: by?.displayName ?? null, at } }
}
