import { Type } from 'typebox'
import type { Db } from '../database/handles.ts'
import { forbidden, invalid } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import type { BranchRule } from '../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../repositories/place.ts'

/** Merging past a branch's rule, in an emergency: why, in a line that the signed commit repeats. */
export interface Bypass {
  reason: string
}

const least = 10
const most = 500

/** What a request says; see `cleanReason` for the rest. */
export const BypassWanted = Type.Object(
  { reason: Type.String({ minLength: least, maxLength: most }) },
  { additionalProperties: false },
)

/** @throws 422 */
export function cleanReason(reason: string): string {
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(reason))
    throw invalid('bypass', 'The reason is one line of visible characters.')
  const clean = reason.trim().replaceAll(/\s+/gu, ' ')
  if (clean.length < least || clean.length > most)
    throw invalid('bypass', `Say why in ${least} to ${most} characters: everybody will read it in the commit.`)
  return clean
}

type Asker = Pick<Caller, 'id' | 'kind'>

/** Why this person may not merge past the rule, in a sentence; undefined where they may. */
export async function findBypassRefusal(
  db: Db<'groupMember'>,
  { rule, role, asker }: { rule: BranchRule | undefined; role: RepositoryPlace['role']; asker: Asker },
): Promise<string | undefined> {
  if (rule === undefined) return 'This branch has no rule to go past.'
  if (asker.kind !== 'person') return 'Only a person can merge past a rule.'
  if (rule.bypass.length === 0) return 'Nobody may merge past the rule of this branch.'
  return (await isNamedInBypass(db, { rule, role, asker }))
    ? undefined
    : 'The rule of this branch does not name you among those who may merge past it.'
}

/** Whether the rule names this person, by their role, themselves, or a group they are in. */
export async function isNamedInBypass(
  db: Db<'groupMember'>,
  { rule, role, asker }: { rule: BranchRule; role: RepositoryPlace['role']; asker: Asker },
): Promise<boolean> {
  if (role === 'admin' && rule.bypass.includes('repository-role:admin')) return true
  if (rule.bypass.includes(`user:${asker.id}`)) return true
  const groups = rule.bypass.flatMap((name) => (name.startsWith('group:') ? [name.slice('group:'.length)] : []))
  if (groups.length === 0) return false
  const rows = await db.selectFrom('groupMember').select('groupId').where('userId', '=', asker.id).execute()
  return rows.some(({ groupId }) => groups.includes(groupId))
}

/** @throws 403 */
export async function checkMayBypass(
  db: Db<'groupMember'>,
  given: { rule: BranchRule | undefined; role: RepositoryPlace['role']; asker: Asker },
): Promise<void> {
  const refusal = await findBypassRefusal(db, given)
  if (refusal !== undefined) throw forbidden(refusal, 'Meet what the checklist names, then merge as usual.')
}

const opening = /^\s*merged\s+past\s+the\s+rule\s+of\b/i
const paragraph = /\n\nMerged past the rule of \S+: ([^\n]+)\n\n/

/** How the commit says it: its first paragraph, before anything that others wrote. */
export const bypassParagraph = (branch: string, { reason }: Bypass): string =>
  `Merged past the rule of ${branch}: ${reason}`

/** What people wrote, without lines that pretend to be that paragraph. */
export const withoutBypassLines = (text: string): string =>
  text
    .split(/\r\n?|[\n\v\f\u0085\u2028\u2029]/)
    // Whatever does not show, and what the commit will not hold: `cleanBody` takes it out behind us.
    .filter((line) => !opening.test(line.normalize('NFKC').replaceAll(/[^\P{Cc}\t]|\p{Cf}/gu, '')))
    .join('\n')

/** The reason that a merge or squash commit of ours gives, else undefined. */
export function readBypass(commit: Buffer): string | undefined {
  const text = commit.toString()
  const message = text.slice(text.indexOf('\n\n') + 2)
  const found = paragraph.exec(message)
  // Only straight after the subject: everything further down was written by others.
  return found !== null && !message.slice(0, found.index).includes('\n') ? found[1] : undefined
}

/** Until when a second person must have looked, from when it was merged. */
export const confirmDeadline = (rule: Pick<BranchRule, 'bypassReviewHours'>, mergedAt: number): number =>
  mergedAt + rule.bypassReviewHours * 3_600_000
