import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { type BranchRule, ruleOf } from '../repositories/branch-rule.ts'
import type { Control } from './statements.ts'

type Branch = { repositoryId: Id<'rep'>; ref: string }

/** What the rule of a protected branch enforces of every change, by name. A tap for each is what protection is. */
export function listEnforced(rule: BranchRule): string[] {
  const has: Record<string, boolean> = {
    'history-kept': true,
    'sealed-changes': true,
    'two-party': rule.approvals > 0 && rule.excludeLastPusher,
    'code-owners': rule.codeOwners,
    'resolved-threads': rule.resolveThreads,
    'linear-history': rule.linearHistory,
    ...Object.fromEntries(rule.checks.map(({ name }) => [`check ${name}`, true])),
  }
  return Object.keys(has).filter((name) => has[name])
}

export async function readEnforced(db: Db<'protectedBranch'>, { repositoryId, ref }: Branch): Promise<string[]> {
  const row = await db
    .selectFrom('protectedBranch')
    .select(['rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .executeTakeFirst()
  return row === undefined ? [] : listEnforced(ruleOf(row))
}

/** A control that is no longer enforced has ended, however short it was off. Part of the rule's own transaction. */
export async function endControls(tx: Tx<'branchControl' | 'protectedBranch'>, branch: Branch, at: number) {
  await endOthers(tx, branch, await readEnforced(tx, branch), at)
}

/** What protection is, whatever the rule. */
const always = ['history-kept', 'sealed-changes']

/**
 * The controls that hold for a revision: those that went on holding, and those that begin with it. With one that was
 * prepared before the rule of now was made, none of that rule's begins: it may have landed by another.
 */
export async function continueControls(
  tx: Tx<'branchControl' | 'protectedBranch'>,
  branch: Branch,
  { oid, preparedAt, met, at }: { oid: string; preparedAt: number; met: (name: string) => boolean; at: number },
): Promise<Control[]> {
  const enforced = (await readEnforced(tx, branch)).filter(met)
  await endOthers(tx, branch, enforced, at)
  const going = await tx
    .selectFrom('branchControl')
    .selectAll()
    .where('repositoryId', '=', branch.repositoryId)
    .where('ref', '=', branch.ref)
    .where('endedAt', 'is', null)
    .execute()
  const known = new Map(going.map((row) => [row.name, row]))
  const isRuleNewer = await wasRuleChanged(tx, branch, preparedAt)
  for (const name of enforced.filter((each) => !known.has(each) && (!isRuleNewer || always.includes(each)))) {
    const { repositoryId, ref } = branch
    const row = { repositoryId, ref, name, sinceOid: oid, startedAt: at, endedAt: null }
    await tx.insertInto('branchControl').values(row).execute()
    known.set(name, row)
  }
  return enforced.flatMap((name) => {
    const row = known.get(name)
    return row === undefined ? [] : [{ name, since: row.sinceOid, startedAt: row.startedAt }]
  })
}

async function wasRuleChanged(db: Db<'auditEvent'>, { repositoryId, ref }: Branch, since: number): Promise<boolean> {
  const later = await db
    .selectFrom('auditEvent')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('targetId', '=', ref)
    .where('action', '=', 'branch.rule-changed')
    .where('occurredAt', '>', since)
    .limit(1)
    .executeTakeFirst()
  return later !== undefined
}

async function endOthers(tx: Tx<'branchControl'>, { repositoryId, ref }: Branch, enforced: string[], at: number) {
  let query = tx
    .updateTable('branchControl')
    .set({ endedAt: at })
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .where('endedAt', 'is', null)
  if (enforced.length > 0) query = query.where('name', 'not in', enforced)
  await query.execute()
}
