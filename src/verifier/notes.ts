import type { Projection } from './load-projection.ts'
import { readSeals } from './load-projection.ts'
import type { ObjectReader } from './object-reader.ts'
import { plainLine } from './plain-text.ts'
import type { DetachedSeals } from './detached-seals.ts'
import type { Rules } from './judge-seal.ts'
import type { Change, NotCounted, Start } from './report.ts'
import type { FiledPush } from './signed-pushes.ts'
import { type Statement, parseStatement, ZERO_OID } from '../seals/format/statement.ts'

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
  seals: DetachedSeals
  /** Signed pushes of this branch. */
  pushes: readonly FiledPush[]
  changes: readonly Change[]
  /** The commits of the line. */
  oids: ReadonlySet<string>
  /** The start of protection and what lies below it on the line. */
  readBefore: () => Promise<readonly string[]>
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
  if (!projection.revokedKeysAgree) {
    notes.push('The file revoked_keys does not say which keys may be in wrong hands: stock git may judge otherwise.')
  }
  for (const { credentialId, at, standing } of projection.revocations) {
    const { username, fingerprint } = rules.signers.get(credentialId) ?? {
      username: 'nobody',
      fingerprint: credentialId,
    }
    const seals = standing.length === 1 ? '1 seal that was' : `${standing.length} seals that were`
    notes.push(
      `The key ${fingerprint} of ${username} may be in wrong hands, as was said on ${at.slice(0, 10)}: of it only the ` +
        `${seals} there by then can count. Stock git with revoked_keys calls all of them bad.`,
    )
  }
  for (const { entry, problem } of rules.chain.values()) {
    if (problem)
      notes.push(`The endorsement of ${entry.username}'s key ${entry.fingerprint} does not count: ${problem.message}.`)
  }
  notes.push(...notCountedNotes(facts.changes), ...otherwiseNotes(facts.changes), ...elsewhereNotes(facts.changes))
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

const EXAMPLES = 3

/** Why approvals and confirmations do not count, each reason once, with the newest changes that it is about. */
function notCountedNotes(changes: readonly Change[]): string[] {
  const found = new Map<string, { one: NotCounted; of: Change }[]>()
  const told = new Set<string>()
  for (const change of changes) {
    for (const one of change.state === 'proven' ? change.notCounted : []) {
      // The commits of one update have them in common.
      const key = `${change.state === 'proven' ? change.update.tip : ''} ${one.statementDigest}`
      if (told.has(key)) continue
      told.add(key)
      const reason = `${one.did} ${one.explanation}`
      found.set(reason, [...(found.get(reason) ?? []), { one, of: change }])
    }
  }
  return [...found.values()].flatMap((all) => {
    const [first] = all
    if (!first) return []
    const what = first.one.did === 'approved' ? 'approval' : 'confirmation'
    const which = all.slice(0, EXAMPLES).map(({ one, of }) => `${plainLine(one.username)}'s of ${of.oid.slice(0, 12)}`)
    const more = all.length > EXAMPLES ? ` and ${all.length - EXAMPLES} more` : ''
    const verb = all.length === 1 ? `1 ${what} does` : `${all.length} ${what}s do`
    return [`${verb} not count, ${first.one.explanation} [${first.one.reason}]: ${which.join(', ')}${more}.`]
  })
}

const NO_MORE_THAN_MERGED = 'so their approvals make no level 4'

/** Approved changes of which it is not shown that what came of them is what was approved, by why. */
function otherwiseNotes(changes: readonly Change[]): string[] {
  const told = [
    [
      'otherwise',
      (which: string) =>
        `What came of ${which} is neither path by path what was approved, nor what merging it gives where one comparison ` +
        `shows all of that: something else came in or was taken out, for which only whoever merged stands, ${NO_MORE_THAN_MERGED}.`,
    ],
    [
      'head-missing',
      (which: string) =>
        `What was approved of ${which} is not in this clone, and not path by path what came of it, ` +
        `${NO_MORE_THAN_MERGED}: run \`git fetch origin '+refs/pull/*:refs/pull/*'\` and try again.`,
    ],
    [
      'git-too-old',
      (which: string) =>
        `What came of ${which} is not path by path what was approved, and this git cannot merge it again, ` +
        `${NO_MORE_THAN_MERGED}: try again with git 2.38 or newer.`,
    ],
  ] as const
  return told.flatMap(([landed, sentence]) => {
    const tips = changes.flatMap((one) => (one.state === 'proven' && one.landed === landed ? [one.update.tip] : []))
    const oids = [...new Set(tips)]
    if (oids.length === 0) return []
    const which = oids.slice(0, EXAMPLES).map((oid) => oid.slice(0, 12))
    const more = oids.length > EXAMPLES ? ` and ${oids.length - EXAMPLES} more` : ''
    return [sentence(which.join(', ') + more)]
  })
}

/** Signed pushes to an address of which no tap says that it is this repository's, by address. */
function elsewhereNotes(changes: readonly Change[]): string[] {
  const tips = new Map<string, Set<string>>()
  for (const change of changes) {
    if (change.state !== 'proven' || change.pushedTo === null || change.pushedTo.isNamed) continue
    const { address } = change.pushedTo
    tips.set(address ?? '', (tips.get(address ?? '') ?? new Set()).add(change.update.tip))
  }
  return [...tips].map(([address, of]) => {
    const which = [...of].slice(0, EXAMPLES).map((oid) => oid.slice(0, 12))
    const more = of.size > EXAMPLES ? ` and ${of.size - EXAMPLES} more` : ''
    const where = address === '' ? 'no address' : address
    return (
      `What was signed of ${which.join(', ')}${more} names ${where}: ` +
      'only the server says that this is the repository that was pushed to.'
    )
  })
}

/** A change that is not on the branch: from which commit it went on, to which, and until when it could be made. */
interface Missing {
  base?: string | undefined
  tip?: string
  until?: string
}

const spanOf = ({ predicate: { fromID, notAfter } }: Statement): Missing => ({ base: fromID, until: notAfter })

/** Seals over changes, and signed pushes, of this very branch that are not on it. */
async function countDropped(facts: Parameters<typeof findNotes>[0]): Promise<number> {
  const { projection, rules, start, named, objects, seals, pushes, oids } = facts
  const updates = seals.updates.flatMap(({ statement }): Missing[] => {
    const tip = statement.subject[0]?.digest
    return isAbout(statement, rules) && tip && 'gitCommit' in tip ? [{ ...spanOf(statement), tip: tip.gitCommit }] : []
  })
  const missing = [...pushes, ...updates].filter(({ tip }: Missing) => tip !== ZERO_OID && !oids.has(tip ?? ''))
  const unused = seals.commits.filter((digest) => !named.has(digest))
  for (let at = 0; at < unused.length; at += 500) {
    const records = await readSeals(projection.sealBlobs, unused.slice(at, at + 500), objects)
    for (const { statement } of records.values()) {
      const read = readStatement(statement)
      if (read && isAbout(read, rules)) missing.push(spanOf(read))
    }
  }
  // A branch may have been tapped for before it was protected, or another of its name, and mostly nothing is missing.
  const before = new Set(missing.length === 0 ? [] : await facts.readBefore())
  const isBefore = ({ base = '', tip = '', until = start.at }: Missing): boolean =>
    before.has(tip) || (before.has(base) && base !== start.baseline) || until < start.at
  return missing.filter((one) => !isBefore(one)).length
}

function isAbout(statement: Statement | undefined, rules: Rules): boolean {
  const { repository, targetRef } = statement?.predicate ?? {}
  return repository?.id === rules.repositoryId && targetRef === rules.ref
}

/** A record without a readable statement proves nothing either way. */
function readStatement(bytes: Buffer): Statement | undefined {
  try {
    return parseStatement(bytes)
  } catch {
    return undefined
  }
}
