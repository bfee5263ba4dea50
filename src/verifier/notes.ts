import type { Projection } from './load-projection.ts'
import { readSeals } from './load-projection.ts'
import type { ObjectReader } from './object-reader.ts'
import type { Start } from './report.ts'
import type { Rules } from './walk.ts'
import { isGitAction, parseStatement } from '../seals/format/statement.ts'

/** What a verdict does not say by itself, in plain sentences. */
export async function findNotes(facts: {
  projection: Projection
  rules: Rules
  trust: readonly string[] | undefined
  start: Start
  reached: boolean
  named: ReadonlySet<string>
  since: string | undefined
  objects: ObjectReader
}): Promise<string[]> {
  const { projection, rules, trust = [], start, reached, since } = facts
  const notes: string[] = []
  if (!reached) {
    notes.push(
      `The start of protection, ${start.baseline.slice(0, 12)}, is not on this branch's first-parent line: ` +
        'sealed history was hidden or rewritten.',
    )
  }
  if (!rules.pinned) {
    notes.push('Identities are as claimed by the server. Pin the first signer with --trust <fingerprint>.')
  }
  const known = new Set(projection.entries.map(({ fingerprint }) => fingerprint))
  for (const fingerprint of trust) {
    if (!known.has(fingerprint)) notes.push(`No signer of this repository has the key ${fingerprint} that you trust.`)
  }
  if (start.state === 'recorded') {
    notes.push('The start of protection is only recorded by the server; no trusted person has sealed it.')
  }
  if (since !== undefined) notes.push(`Nothing up to ${since.slice(0, 12)} was judged, as --since asked.`)
  if (!projection.allowedSignersAgree) {
    notes.push('The file allowed_signers does not say what the signers’ entries say: stock git may judge otherwise.')
  }
  for (const { entry, problem } of rules.chain.values()) {
    if (problem)
      notes.push(`The endorsement of ${entry.username}'s key ${entry.fingerprint} does not count: ${problem.message}.`)
  }
  const dropped = since === undefined ? await countDropped(facts) : 0
  if (dropped > 0) {
    notes.push(
      `${dropped} sealed ${dropped === 1 ? 'change is' : 'changes are'} in refs/postern/seals but not on this branch: ` +
        'it may have been rolled back.',
    )
  }
  notes.push(
    'A branch rolled back to an older sealed tip, with its refs/postern/*, looks whole: only the ledger shows it.',
  )
  return notes
}

/** Seals over changes of this very branch that no commit on it names. */
async function countDropped({ projection, rules, named, objects }: Parameters<typeof findNotes>[0]): Promise<number> {
  const unused = [...projection.sealBlobs.keys()].filter((digest) => !named.has(digest))
  let dropped = 0
  for (let at = 0; at < unused.length; at += 500) {
    const records = await readSeals(projection.sealBlobs, unused.slice(at, at + 500), objects)
    for (const { action, statement } of records.values()) {
      if (isGitAction(action) && isAbout(statement, rules)) dropped++
    }
  }
  return dropped
}

function isAbout(statement: Buffer, rules: Rules): boolean {
  try {
    const { repository, targetRef } = parseStatement(statement).predicate
    return repository?.id === rules.repositoryId && targetRef === rules.ref
  } catch {
    // A record without a readable statement proves nothing either way.
    return false
  }
}
