import type { Attestation } from '../../attestation/attestation.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { AttestationOutcome, SshKeyTable } from '../../database/schema.ts'
import { forbidden } from '../../http/problem.ts'
import { accountOf } from '../../identity/account-of.ts'
import type { SshTouch } from '../../identity/caller.ts'
import { isOver } from '../../identity/guests/is-over.ts'
import { judgeSshLogin, type JudgeParts } from '../../identity/judge-caller.ts'
import type { SshCaller, SshLogin, SshSource } from '../ssh-credential.ts'
import { sshKeyKind, sshKeyStrength } from './ssh-key-strength.ts'

type Parts = JudgeParts & {
  database: Pick<Database, 'read' | 'write'>
  attestation: Pick<Attestation, 'judge'>
}

/** People's own keys over SSH. Whatever a key was good for yesterday, its person and the rules of now decide. */
export const createPersonKeySource = (parts: Parts): SshSource => ({
  async isKnown({ fingerprint, certificate }) {
    return certificate === null && (await findKey(parts.database.read, { fingerprint })) !== undefined
  },

  async find({ publicKey, fingerprint, touch, certificate }, login, now) {
    const found = certificate === null ? await findKey(parts.database.read, { fingerprint }) : undefined
    if (found === undefined || found.publicKey !== publicKey.toString('base64')) return undefined
    if (isOver(found, now)) return undefined
    checkUse({ key: found, touch }, login, now)
    const caller = await provenCaller(parts, found, { touch, address: login.address, at: now }, now)
    await noteUse(parts.database, found, { touch, address: login.address, at: now })
    return caller
  },

  async again({ by, address, authenticatedAt }, now, isUnderWay = false) {
    if (by.kind !== 'ssh-key') return undefined
    const found = await findKey(parts.database.read, { id: by.keyId })
    if (found === undefined || isOver(found, now) || found.forLogin === 0) return undefined
    if (hasExpired(found, now) && !isUnderWay) return undefined
    return provenCaller(parts, found, { touch: by.touch, address, at: authenticatedAt }, now)
  },
})

type Found = NonNullable<Awaited<ReturnType<typeof findKey>>>

const findKey = (db: Db<'sshKey' | 'user'>, by: { fingerprint: string } | { id: Id<'ssk'> }) =>
  db
    .selectFrom('sshKey')
    .innerJoin('user', 'user.id', 'sshKey.userId')
    .select(['sshKey.id', 'sshKey.userId', 'sshKey.name', 'sshKey.publicKey', 'sshKey.createdAt', 'sshKey.expiresAt'])
    .select(['forLogin', 'application', 'attestationOutcome', 'attestationObject', 'sshKey.aaguid', 'strengthCap'])
    .select(['counter', 'sshKey.lastUsedAt', 'sshKey.lastUsedFrom', 'sshKey.fingerprint'])
    .select(['username', 'displayName', 'role', 'kind', 'isDemo', 'endsAt'])
    .where(({ eb }) => ('id' in by ? eb('sshKey.id', '=', by.id) : eb('fingerprint', '=', by.fingerprint)))
    .where('sshKey.endedAt', 'is', null)
    .where('user.state', '=', 'active')
    .executeTakeFirst()

/** @throws 403 where the key is known, and is not for coming in, not any more, not under this name, or was not touched */
function checkUse({ key, touch }: { key: Found; touch: SshTouch | null }, { user }: SshLogin, now: number): void {
  if (hasExpired(key, now))
    throw forbidden(`Your SSH key “${key.name}” has expired.`, 'Add a new one under Account → SSH keys.')
  if (key.forLogin === 0)
    throw forbidden(
      `Your SSH key “${key.name}” is for signing commits, not for coming in.`,
      'Add another one under Account → SSH keys.',
    )
  if (user !== 'git' && user !== key.username)
    throw forbidden(`Your SSH key “${key.name}” is not ${user.slice(0, 60)}’s.`, 'Come in as git@….')
  if (touch?.userPresence === false)
    throw forbidden(`Your SSH key “${key.name}” signed, and nobody touched it.`, 'Make a key that asks for a touch.')
}

const hasExpired = ({ expiresAt }: Pick<SshKeyTable, 'expiresAt'>, now: number): boolean =>
  expiresAt !== null && expiresAt <= now

/** @param login.at when the key was shown: a security key was touched then */
async function provenCaller(
  parts: Parts,
  key: Found,
  login: { touch: SshTouch | null; address: string; at: number },
  now: number,
): Promise<SshCaller> {
  const { touch, address } = login
  const outcome = touch?.userVerification === true ? await judgedNow(parts, key) : key.attestationOutcome
  const keyNow = { ...key, attestationOutcome: outcome }
  const known = {
    ...accountOf(key),
    strength: sshKeyStrength(touch, keyNow),
    // Nobody taps for a key in a file: the last tap is the one that added it.
    authenticatedAt: touch === null ? key.createdAt : login.at,
    address,
  }
  const kind = sshKeyKind(keyNow)
  const judged = await judgeSshLogin(parts, { caller: known, address, key: kind }, now)
  return {
    ...known,
    shortfall: null,
    judged,
    by: {
      kind: 'ssh-key',
      keyId: key.id,
      name: key.name,
      scopes: ['repository:read', 'repository:write'],
      repositoryIds: null,
      key: kind,
      touch,
    },
  }
}

/** By what metadata says today: a model that is reported as broken counts for less from that moment. */
async function judgedNow({ attestation }: Parts, key: Found): Promise<AttestationOutcome | null> {
  if (key.attestationObject === null) return key.attestationOutcome
  const attestationObject = Buffer.from(key.attestationObject, 'base64url')
  return (await attestation.judge({ attestationObject, registeredAt: key.createdAt })).outcome
}

const minuteMs = 60_000

/** Keeps the counter, and at most once a minute the time; a counter that did not go up is told. */
async function noteUse(
  database: Pick<Database, 'write'>,
  key: Found,
  { touch, address, at }: { touch: SshTouch | null; address: string; at: number },
): Promise<void> {
  const isTimeDue = key.lastUsedAt === null || at - key.lastUsedAt >= minuteMs
  // 0 always: a key without a counter.
  const hasCounter = touch !== null && (touch.counter > 0 || key.counter > 0)
  if (!isTimeDue && !hasCounter) return
  await database.write(async (tx) => {
    if (isTimeDue)
      await tx.updateTable('sshKey').set({ lastUsedAt: at, lastUsedFrom: address }).where('id', '=', key.id).execute()
    if (hasCounter && !(await hasGoneUp(tx, key.id, touch.counter)))
      await recordEvent(tx, {
        action: 'ssh-key.counter-regressed',
        actor: null,
        target: { kind: 'ssh-key', id: key.id },
        facts: {
          key: key.name,
          person: key.username,
          fingerprint: key.fingerprint,
          known: key.counter,
          shown: touch.counter,
        },
        at,
      })
  })
}

/** Of two logins that show the same counter, one finds it gone up. */
const hasGoneUp = async (tx: Tx<'sshKey'>, id: Id<'ssk'>, counter: number): Promise<boolean> =>
  (await tx
    .updateTable('sshKey')
    .set({ counter })
    .where('id', '=', id)
    .where('counter', '<', counter)
    .returning('id')
    .executeTakeFirst()) !== undefined
