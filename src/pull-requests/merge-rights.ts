import type { Caller } from '../identity/caller.ts'
import { listCredentialRecords } from '../identity/credential-records.ts'
import { listPersonRefs } from '../identity/users.ts'
import { coversRole } from '../repositories/access.ts'
import type { BranchRule } from '../repositories/branch-rule.ts'
import { findLeaseHolder } from '../repositories/leases.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { createTapJudge } from '../seals/judge-tap.ts'
import { refusalOf } from '../seals/requests.ts'
import { findBypassRefusal } from './bypass.ts'
import type { MergeFacts } from './mergeability.ts'
import type { MergeParts } from './merge-parts.ts'
import { mergeQuestion } from './merge-question.ts'
import type { ReadyLine } from './ready/judge-ready.ts'
import type { PullRequest } from './records.ts'
import type { Mergeability, MethodChoice } from './shapes.ts'

interface Asking {
  caller: Caller | undefined
  rule: BranchRule | undefined
}

/** Whether this caller may merge, with one of their keys, and whether somebody else is about to. */
export async function readMergeRights(
  parts: MergeParts,
  place: RepositoryPlace,
  row: PullRequest,
  { caller, rule }: Asking,
): Promise<Pick<MergeFacts, 'mayMerge' | 'key' | 'heldBy'>> {
  const { database, now } = parts
  const holder = await findLeaseHolder(database.read, { repositoryId: row.repositoryId, ref: row.targetRef }, now())
  const heldBy = holder === undefined || holder === caller?.id ? null : holder
  const mayMerge = isWriter(place, caller)
  return {
    mayMerge,
    key: mayMerge && row.state === 'open' ? await judgeKeys(parts, place, row, { caller, rule }) : null,
    heldBy: (await listPersonRefs(database.read, [heldBy])).get(heldBy ?? '') ?? null,
  }
}

/** A person in a browser session with the role `write`: who could tap here at all. */
const isWriter = (place: RepositoryPlace, caller: Caller | undefined): caller is Caller =>
  caller?.kind === 'person' && caller.by.kind === 'session' && coversRole(place.role, 'write')

/** Whether one of the caller's keys may merge this: by the branch's own rule and by the guardrails. */
async function judgeKeys(
  { database, policy, now }: MergeParts,
  place: RepositoryPlace,
  row: PullRequest,
  { caller, rule }: Asking & { caller: Caller },
): Promise<MergeFacts['key']> {
  const asked = { stockVerifiableOnly: rule?.stockVerifiableOnly ?? false }
  const question = mergeQuestion(place, row)
  const judge = await createTapJudge({ db: database.read, policy }, { question, caller, at: now() })
  const records = await listCredentialRecords(database.read, caller.id)
  const isAsked = records.some((record) => Object.keys(judge(record).decision.requirement.from).length > 0)
  const refusals = records.map((record) => refusalOf(record, asked, judge))
  const [first] = refusals
  if (first !== undefined && refusals.every((refusal) => refusal !== undefined)) return { refusal: first }
  return isAsked || asked.stockVerifiableOnly ? { refusal: null } : null
}

interface Past {
  state: Mergeability['state']
  lines: readonly ReadyLine[]
  methods: readonly MethodChoice[]
}

/** Why the reader may not merge past the rule; null where they may, and there is something to go past. */
export async function readBypassRefusal(
  { database }: MergeParts,
  place: RepositoryPlace,
  { caller, rule, state, lines, methods }: Asking & Past,
): Promise<string | null> {
  if (!isWriter(place, caller)) return 'It takes a person signed in with a passkey, with the role “write”.'
  const refusal = await findBypassRefusal(database.read, { rule, role: place.role, asker: caller })
  if (refusal !== undefined) return refusal
  if (state !== 'ready' && state !== 'not-ready') return 'Something else than the rule is in the way.'
  return lines.every(({ isMet }) => isMet) ? whyNeedless(methods) : null
}

/** All that the rule asks for is met: what is left is how it is merged, which no reason sets aside. */
export function whyNeedless(methods: readonly MethodChoice[]): string {
  const open = methods.filter(({ refusal }) => refusal === null).length
  if (open === methods.length) return 'Nothing of the rule is in the way: merge as usual.'
  return open > 0
    ? 'All that the rule asks for is met. Only some ways to merge are closed: choose one that is open.'
    : 'All that the rule asks for is met. Only the ways to merge are closed: see what each of them needs.'
}
