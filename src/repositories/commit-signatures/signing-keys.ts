import type { Db } from '../../database/handles.ts'
import type { SshKeyTable, UserTable } from '../../database/schema.ts'

type Key = Pick<
  SshKeyTable,
  | 'id'
  | 'name'
  | 'userId'
  | 'application'
  | 'forSigning'
  | 'attestationOutcome'
  | 'attestationObject'
  | 'createdAt'
  | 'aaguid'
  | 'strengthCap'
  | 'expiresAt'
  | 'endedAt'
>

/** A key somebody registered, as it was each time: ended ones too. All of one fingerprint are one person's. */
export interface SigningKey {
  owner: Pick<UserTable, 'id' | 'username' | 'displayName' | 'email'>
  /** The newest registration first. */
  registrations: Key[]
}

// Below the number of parameters that either database takes in one statement.
const batch = 400

/** By fingerprint; those that nobody ever registered are left out. */
export async function listSigningKeys(
  db: Db<'sshKey' | 'user'>,
  fingerprints: Iterable<string>,
): Promise<Map<string, SigningKey>> {
  const wanted = [...new Set(fingerprints)]
  const found = new Map<string, SigningKey>()
  for (let from = 0; from < wanted.length; from += batch) {
    const rows = await db
      .selectFrom('sshKey')
      .innerJoin('user', 'user.id', 'sshKey.userId')
      .select(['sshKey.id', 'sshKey.name', 'sshKey.userId', 'sshKey.fingerprint', 'sshKey.application'])
      .select(['sshKey.forSigning', 'sshKey.attestationOutcome', 'sshKey.attestationObject', 'sshKey.createdAt'])
      .select(['sshKey.aaguid', 'sshKey.strengthCap'])
      .select(['sshKey.expiresAt', 'sshKey.endedAt', 'user.username', 'user.displayName', 'user.email'])
      .where('sshKey.fingerprint', 'in', wanted.slice(from, from + batch))
      .orderBy('sshKey.createdAt', 'desc')
      .execute()
    for (const { fingerprint, username, displayName, email, ...key } of rows) {
      const one = found.get(fingerprint)
      if (one === undefined)
        found.set(fingerprint, { owner: { id: key.userId, username, displayName, email }, registrations: [key] })
      else if (one.owner.id === key.userId) one.registrations.push(key)
    }
  }
  return found
}

/** When this registration stopped counting, or will. */
export const endOf = ({ expiresAt, endedAt }: Key): number => Math.min(expiresAt ?? Infinity, endedAt ?? Infinity)

/** The registration of this key for signing that lasts longest. */
export const findForSigning = ({ registrations }: SigningKey): Key | undefined =>
  registrations.filter(({ forSigning }) => forSigning === 1).toSorted((one, other) => endOf(other) - endOf(one))[0]
