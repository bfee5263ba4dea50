import type { SshCaller, SshSource } from '../../access-keys/ssh-credential.ts'
import type { Db } from '../../database/handles.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import { forbidden, type ProblemError } from '../../http/problem.ts'
import { findUserById, type User } from '../../identity/users.ts'
import { judgeSshLogin } from '../../identity/judge-caller.ts'
import type { DeployKeyParts } from './parts.ts'
import { useDeployKey } from './use-deploy-key.ts'

/**
 * Deploy keys as what comes in over SSH. Nobody touched anything, so it proves no more than a token does; and it is
 * nobody, so whatever takes a tap refuses it.
 */
export function createDeployKeySource(parts: Omit<DeployKeyParts, 'cut'>): SshSource {
  const { database } = parts
  return {
    isKnown: async ({ fingerprint, certificate }) =>
      certificate === null && (await listByFingerprint(database.read, fingerprint)).length > 0,

    async find({ fingerprint, certificate }, { user, address }, now) {
      if (certificate !== null) return undefined
      const rows = await listByFingerprint(database.read, fingerprint)
      const key = rows.find(({ endedAt }) => endedAt === null)
      if (key === undefined) {
        const [ended] = rows
        if (ended !== undefined) throw keyEnded(ended)
        return undefined
      }
      if (now >= key.expiresAt) throw keyEnded(key)
      if (user !== 'git')
        throw forbidden('A deploy key comes in as the user git.', `Write git@ in place of ${JSON.stringify(user)}@.`)
      const caller = await callerOf(parts, { key, address }, now)
      if (caller !== undefined) await useDeployKey(parts, key, { address, at: now })
      return caller
    },

    async again({ by, address }, now, isUnderWay = false) {
      if (by.kind !== 'deploy-key') return undefined
      const key = await database.read
        .selectFrom('deployKey')
        .selectAll()
        .where('id', '=', by.keyId)
        .where('endedAt', 'is', null)
        .$if(!isUnderWay, (query) => query.where('expiresAt', '>', now))
        .executeTakeFirst()
      return key && callerOf(parts, { key, address }, now)
    },
  }
}

/** Undefined where the actor behind the key has ended. @throws 403 where a rule keeps it out */
export async function callerOf(
  parts: Pick<DeployKeyParts, 'database' | 'policy'>,
  { key, address }: { key: DeployKeyTable; address: string },
  now: number,
): Promise<SshCaller | undefined> {
  const machine = await findUserById(parts.database.read, key.userId)
  if (machine === undefined || machine.state !== 'active') return undefined
  const known = knownAs(machine, { name: key.name, address, now })
  const judged = await judgeSshLogin(parts, { caller: known, address, key: null }, now)
  return {
    ...known,
    shortfall: null,
    judged,
    by: {
      kind: 'deploy-key',
      keyId: key.id,
      name: key.name,
      scopes: [key.access === 'write' ? 'repository:write' : 'repository:read'],
      repositoryIds: [key.repositoryId],
    },
  }
}

const knownAs = (
  { id, kind, username, role }: User,
  { name, address, now }: { name: string; address: string; now: number },
) => ({
  id,
  kind,
  username,
  displayName: name,
  role,
  isDemo: false,
  strength: 'password' as const,
  authenticatedAt: now,
  address,
})

/** The newest first, ended ones too, so that whoever shows one is told. */
const listByFingerprint = (db: Db<'deployKey'>, fingerprint: string): Promise<DeployKeyTable[]> =>
  db.selectFrom('deployKey').selectAll().where('fingerprint', '=', fingerprint).orderBy('createdAt', 'desc').execute()

function keyEnded({ name, endedBy, endedAt, expiresAt }: DeployKeyTable): ProblemError {
  const day = new Date(endedAt ?? expiresAt).toISOString().slice(0, 10)
  return endedBy === 'rotation'
    ? forbidden(`The deploy key “${name}” was replaced by a newer one on ${day}.`, 'Use the newer key.')
    : forbidden(`The deploy key “${name}” ended on ${day}.`, 'Ask an administrator of the repository to add a new one.')
}
