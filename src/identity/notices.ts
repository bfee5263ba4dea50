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
  | { kind: 'passkey-renamed'; facts: { former: string; credential: string; at: number } }
  | { kind: 'password-changed' | 'codes-set-up' | 'password-ended'; facts: { reason: string; at: number } }
  | { kind: 'token-made'; facts: { token: string; expiresAt: number; at: number } }
  | { kind: 'ssh-key-added'; facts: { key: string; fingerprint: string; at: number } }
  | { kind: 'program-let-in'; facts: { program: string; expiresAt: number; at: number } }
  | { kind: 'program-stopped'; facts: { program: string; at: number } }
  | {
      kind: 'token-ends'
      facts: { token: string; agent: string; days: number; expiresAt: number; lastUsedAt: number; isFollowed: boolean }
    }
  | { kind: 'token-reused' | 'token-given-up'; facts: { token: string; agent: string; at: number } }
  | { kind: 'sessions-ended'; facts: { count: number; at: number } }
  | { kind: 'access-ended' | 'access-restored'; facts: { at: number } }
  | { kind: 'link-made'; facts: { by: string | null; at: number } }
  | { kind: 'sign-in-joined'; facts: { place: string; by: 'person' | 'domain'; at: number } }
  | { kind: 'passkey-rejudged'; facts: { credential: string; before: string; now: string; reason: string } }
)

type AccountAction = Extract<
  Action,
  | `${'certificate' | 'person' | 'access' | 'credential' | 'identity' | 'password' | 'session' | 'ssh-key' | 'token' | 'grant'}.${string}`
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
  'credential.renamed': async ({ actor, facts, at }) =>
    actor === null
      ? undefined
      : {
          toUserId: actor.id,
          kind: 'passkey-renamed',
          facts: { former: String(facts?.['former'] ?? ''), credential: String(facts?.['credential'] ?? ''), at },
        },
  'credential.removed': async (event) => aboutPasskey('passkey-removed', event),
  'credential.endorsed': { none: 'only adds to what their own key may do' },
  'credential.counter-regressed': { none: 'would come at each sign-in; administrators see it' },
  'credential.rejudged': async (event, db) => rejudged(event, db),
  'token.created': async (event) => (event.actor === null ? undefined : tokenMade(event, event.actor.id)),
  ...recoveryNotices,
  'identity.linked': async ({ target, facts, at }) => ({
    toUserId: target.id as Id<'usr'>,
    kind: 'sign-in-joined',
    facts: { place: String(facts?.['provider'] ?? ''), by: facts?.['by'] === 'person' ? 'person' : 'domain', at },
  }),
  'identity.unlinked': { none: 'takes power away, and took their own tap' },
  'identity.groups-changed': { none: 'would come at each sign-in; what it lets them do still takes a tap' },
  'certificate.issued': { none: 'took their own tap, lasts for hours, and would come each morning' },
  'certificate.ended': { none: 'takes power away; whatever used it says so' },
  'ssh-key.added': async ({ actor, facts, at }) =>
    actor === null
      ? undefined
      : {
          toUserId: actor.id,
          kind: 'ssh-key-added',
          facts: { key: String(facts?.['key'] ?? ''), fingerprint: String(facts?.['fingerprint'] ?? ''), at },
        },
  'ssh-key.ended': { none: 'takes power away; whatever used it says so' },
  'ssh-key.counter-regressed': { none: 'could come at each login; administrators see it' },
  'token.ended': { none: 'takes power away; whatever used it says so' },
  'token.rotated': async (event) =>
    event.actor === null || event.actor.method === 'token' ? undefined : tokenMade(event, event.actor.id),
  'token.replaced': { none: 'what was tapped for has happened' },
  'token.reused': async (event, db) => {
    const owner = await whoKeepsToken(event, db)
    return owner && { ...owner.to, kind: 'token-reused', facts: { ...owner.token, at: event.at } }
  },
  'token.given-up': async (event, db) => {
    const owner = await whoKeepsToken(event, db)
    return owner && { ...owner.to, kind: 'token-given-up', facts: { ...owner.token, at: event.at } }
  },
  'token.expiring': async (event, db) => {
    const { days = 0, expiresAt = event.at, lastUsedAt = 0, isFollowed } = event.facts ?? {}
    const owner = await whoKeepsToken(event, db)
    return (
      owner && {
        ...owner.to,
        kind: 'token-ends',
        facts: {
          ...owner.token,
          days: Number(days),
          expiresAt: Number(expiresAt),
          lastUsedAt: Number(lastUsedAt),
          isFollowed: isFollowed === 'yes',
        },
      }
    )
  },
  'grant.created': async ({ actor, facts, at }) =>
    actor === null
      ? undefined
      : {
          toUserId: actor.id,
          kind: 'program-let-in',
          facts: { program: String(facts?.['program'] ?? ''), expiresAt: Number(facts?.['expiresAt'] ?? at), at },
        },
  'grant.ended': async (event, db) => programStopped(event, db),
  'grant.refused': { none: 'nothing came of it' },
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

/** Where nobody ended it: a secret was shown twice, so somebody else may have had it. */
async function programStopped({ actor, facts, at }: AuditEntry, db: Db<'user'>): Promise<Notice | undefined> {
  const owner = actor === null ? await findUserByUsername(db, String(facts?.['person'] ?? '')) : undefined
  if (owner === undefined) return undefined
  return { toUserId: owner.id, kind: 'program-stopped', facts: { program: String(facts?.['program'] ?? ''), at } }
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

const tokenMade = ({ facts, at }: AuditEntry, toUserId: Id<'usr'>): Notice => ({
  toUserId,
  kind: 'token-made',
  facts: { token: String(facts?.['token'] ?? ''), expiresAt: Number(facts?.['expiresAt'] ?? at), at },
})

/** Its owner, or whoever answers for the agent it is of. */
async function whoKeepsToken(
  { facts }: AuditEntry,
  db: Db<'user'>,
): Promise<{ to: { toUserId: Id<'usr'> }; token: { token: string; agent: string } } | undefined> {
  const owner = await findUserByUsername(db, String(facts?.['owner'] ?? ''))
  const toUserId = owner?.kind === 'person' ? owner.id : owner?.ownerId
  if (owner === undefined || !toUserId) return undefined
  const token = String(facts?.['token'] ?? '')
  return { to: { toUserId }, token: { token, agent: owner.kind === 'agent' ? owner.username : '' } }
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
