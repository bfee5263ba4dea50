import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { recordEvent } from '../audit/record.ts'
import type { ActDescription } from '../http/access.ts'
import { conflict, ProblemError } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { type BranchRule, ruleOf } from './branch-rule.ts'
import { readRuleNames } from './branch-rule-names.ts'
import { describeRuleChange } from './branch-rule-words.ts'
import { checkBranchRule } from './check-branch-rule.ts'
import { readCodeOwners } from './code-owners/read.ts'
import { countedSentence, countSigned } from './commit-signatures/count-signed.ts'
import { countWriters } from './count-writers.ts'
import type { RepositoryPlace } from './place.ts'
import { getProtectedBranch } from './protected-branches.ts'
import type { RefParts } from './ref-updates.ts'
import { findTip } from './revision.ts'

interface Wanted {
  place: RepositoryPlace
  branch: string
  rule: BranchRule
}

/**
 * What the person reads beside the tap: each part that changes, as it was and as it will be. The seal names the rule that
 * it replaces, so that of two changes at once the second is looked at again. @throws 404, 409, 422 with a sentence per field
 */
export async function describeNewRule({ database, git, now }: RefParts, wanted: Wanted): Promise<ActDescription> {
  const { place, branch, rule } = wanted
  const before = ruleOf(await getProtectedBranch(database.read, place.repository.id, branch))
  const names = await readRuleNames(database.read, [before, rule], now())
  refuseContradictions(checkBranchRule(rule, names))
  const changes = describeRuleChange(before, rule, names)
  if (changes.length === 0)
    throw conflict('unchanged', `This is the rule of ${branch} already.`, { help: 'Change something in it first.' })
  return {
    title: `Change the rule of ${branch} in ${place.path}`,
    rows: [
      { label: 'Branch', value: branch, kind: 'text' },
      ...changes.map(({ label, before: old, after }) => ({
        label,
        value: `${old} → ${after}`,
        kind: 'text' as const,
      })),
    ],
    warnings: await listWarnings({ database, git, now }, wanted, before),
    subjects: [{ name: 'former-rule', digest: { sha256: digestOf(before) } }],
  }
}

/** Puts a rule in force, in the transaction that uses up the tap it takes. */
export async function changeBranchRule({ database }: RefParts, act: Act, wanted: Wanted): Promise<void> {
  const { place, branch, rule } = wanted
  await database.write(async (tx) => {
    const at = act.now()
    const seal = await act.takeSeal(tx)
    const row = await getProtectedBranch(tx, place.repository.id, branch)
    const before = ruleOf(row)
    const names = await readRuleNames(tx, [before, rule], at)
    refuseContradictions(checkBranchRule(rule, names))
    const changed = await tx
      .updateTable('protectedBranch')
      .set({ rule: JSON.stringify(rule), stockVerifiableOnly: rule.stockVerifiableOnly ? 1 : 0 })
      .where('repositoryId', '=', place.repository.id)
      .where('ref', '=', row.ref)
      .where('rule', '=', row.rule)
      .where('stockVerifiableOnly', '=', row.stockVerifiableOnly)
      .returning('ref')
      .executeTakeFirst()
    if (changed === undefined)
      throw conflict('changed-meanwhile', 'Somebody else changed this rule at the same moment.', {
        help: 'Look at what it is now, and change it again.',
      })
    const changes = describeRuleChange(before, rule, names)
    await recordEvent(tx, {
      action: 'branch.rule-changed',
      actor: actorOf(act.caller, seal),
      target: { kind: 'ref', id: row.ref },
      repositoryId: place.repository.id,
      facts: {
        repository: place.path,
        ref: row.ref,
        rule: `sha256:${digestOf(rule)}`,
        former: `sha256:${digestOf(before)}`,
        changes: changes.map(({ label, before: old, after }) => `${label}: ${old} → ${after}`).join('; '),
        seal: seal.id,
      },
      at,
    })
  })
}

/** SHA-256, hex, over the canonical JSON of the whole rule. */
const digestOf = (rule: BranchRule): string => hash('sha256', canonicalize(rule) ?? '', 'hex')

function refuseContradictions(fields: ReturnType<typeof checkBranchRule>): void {
  const [first] = Object.values(fields)
  if (first !== undefined) throw new ProblemError(422, 'invalid-input', first, { fields: { ...fields } })
}

/** What is no contradiction, but may not be what is wanted. */
async function listWarnings(
  { database, git, now }: RefParts,
  { place, branch, rule }: Wanted,
  before: BranchRule,
): Promise<string[]> {
  const warnings: string[] = []
  const places = rule.groups.reduce((sum, { count }) => sum + count, 0)
  const asked = Math.max(rule.approvals, rule.agentApprovals, places)
  const able = asked === 0 ? 0 : (await countWriters(database.read, place.repository)) - 1
  if (asked > able)
    warnings.push(
      `${asked} people would have to approve, and besides whoever proposes only ${Math.max(0, able)} may write here: nothing could be merged.`,
    )
  const source = { git, folder: place.folder }
  if (rule.signedCommits && !before.signedCommits) {
    const tip = await findTip(source, `refs/heads/${branch}`)
    const parts = { db: database.read, at: now() }
    const counted = tip === undefined ? undefined : await countSigned(parts, source, place.repository.id, tip)
    if (counted !== undefined) warnings.push(countedSentence(branch, counted))
  }
  if (rule.codeOwners) {
    const tip = await findTip(source, `refs/heads/${branch}`)
    const file = tip === undefined ? undefined : await readCodeOwners(source, tip)
    if (file?.path === null) warnings.push(`There is no CODEOWNERS on ${branch}: nobody owns anything yet.`)
    else if (file?.isBroken === true)
      warnings.push(
        `The CODEOWNERS on ${branch} cannot be used, so nothing could be merged: ${file.problems[0]?.sentence}`,
      )
  }
  return warnings
}
