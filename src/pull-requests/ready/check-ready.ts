import { conflict } from '../../http/problem.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { PullRequest } from '../records.ts'
import { readEnds } from '../review/ends.ts'
import { findTargetRule } from '../target-rule.ts'
import { judgeReady } from './judge-ready.ts'
import { readReady, type ReadyParts } from './read-ready.ts'

/**
 * `ready/` judges whether what a branch's rule asks of a pull request is there: approvals, owners, checks, threads. It
 * never merges, and every door asks it. Returns what is missing, in sentences, to whoever may go past the rule (`bypass`).
 * Not for use inside a transaction. @throws 409 `not-ready` with all of it, to everybody else
 */
export async function checkReady(
  parts: ReadyParts,
  place: RepositoryPlace,
  row: PullRequest,
  { bypass, ends }: { bypass: boolean; ends?: { base: string; head: string } },
): Promise<string[]> {
  const rule = await findTargetRule(parts.database.read, row)
  if (rule === undefined) return []
  const facts = await readReady(parts, place, row, { rule, ends: ends ?? (await readEnds(parts, place, row)) })
  const missing = judgeReady(facts).filter(({ isMet }) => !isMet)
  const sentences = missing.map(({ label, help }) => `${label}. ${help ?? ''}`.trim())
  if (missing.length === 0 || bypass) return sentences
  throw conflict('not-ready', `What the rule of ${facts.branch} asks for is not all there yet.`, {
    detail: sentences.join('\n'),
    help: 'Nothing is lost: merge once it is there, or ask to be called when it is.',
  })
}
