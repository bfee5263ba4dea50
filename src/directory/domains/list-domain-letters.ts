import type { AuditEntry } from '../../audit/entry.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Letter } from '../../mail/letter-queue.ts'
import { findUserById } from '../../identity/users.ts'

/** Who is told because of this event: the person whom a domain wants to manage, or owners whose domain is lost. */
export async function listDomainLetters(db: Db<'user'>, event: AuditEntry): Promise<Letter[]> {
  const { action, target, actor, facts = {}, at } = event
  const domain = String(facts['domain'])
  if (action === 'domain.claimed')
    return [{ toUserId: target.id as Id<'usr'>, kind: 'domain-claimed', facts: { domain, at } }]
  if (action === 'domain.claim-noticed') {
    const by = actor === null ? undefined : await findUserById(db, actor.id)
    const asked = { claim: String(facts['claim']), graceEndsAt: Number(facts['graceEndsAt']) }
    const told = { domain, by: by?.displayName ?? 'An owner', ...asked }
    return [{ toUserId: target.id as Id<'usr'>, kind: 'domain-claim', facts: told }]
  }
  if (action !== 'domain.lost') return []
  const owners = await db
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'owner')
    .where('state', '=', 'active')
    .execute()
  return owners.map(({ id: toUserId }) => ({
    toUserId,
    kind: 'domain-lost',
    facts: { domain, reason: String(facts['reason']), at },
  }))
}
