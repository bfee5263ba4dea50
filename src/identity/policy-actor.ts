import type { Db } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import type { CredentialRecordTable, UserTable } from '../database/schema.ts'
import { categoryOf } from '../policy/category.ts'
import type { PolicyActor, Proof } from '../policy/facts.ts'
import { findRecoveryUnderWay } from './recovery/find-recovery.ts'

/** Who acts, as rules see them: with the groups they are in now. */
export async function readPolicyActor(
  db: Db<'groupMember'>,
  user: Pick<UserTable, 'id' | 'kind' | 'username' | 'role'>,
): Promise<PolicyActor> {
  const groups = await groupsOf(db, { userId: user.id })
  return {
    kind: user.kind,
    username: user.username,
    role: user.role,
    groups: groups.map(({ name }) => name),
    joinedAt: Object.fromEntries(groups.map(({ name, joinedAt }) => [name, joinedAt])),
  }
}

/** The same for what takes a tap: with the recovery by which they may have come in. */
export async function readTapper(
  db: Db<'groupMember' | 'recovery'>,
  user: Parameters<typeof readPolicyActor>[1],
): Promise<PolicyActor> {
  const actor = await readPolicyActor(db, user)
  const recovery = await findRecoveryUnderWay(db, user.id)
  return recovery === undefined ? actor : { ...actor, recoveringUntil: recovery.cancelUntil }
}

const groupsOf = prepared((db: Db<'groupMember'>, of: { userId: UserTable['id'] }) =>
  db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select(['userGroup.name', 'groupMember.joinedAt'])
    .where('groupMember.userId', '=', of.userId)
    .orderBy('userGroup.name'),
)

/** What kind of key this is. Its model counts only where the attestation proved it. */
export const policyKey = (
  record: Pick<CredentialRecordTable, 'backupEligible' | 'transports' | 'aaguid' | 'attestationOutcome'>,
): NonNullable<Proof['key']> => ({
  category: categoryOf({
    backupEligible: record.backupEligible,
    transports: JSON.parse(record.transports) as string[],
  }),
  aaguid: isModelProven(record.attestationOutcome) ? record.aaguid : null,
})

const isModelProven = (outcome: CredentialRecordTable['attestationOutcome']): boolean =>
  outcome === 'verified' || outcome === 'verified-software' || outcome === 'bad-status'
