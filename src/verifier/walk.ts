import { parseCommit } from '../protocols/sshsig/commit-signature.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import { renderTime } from '../seals/format/time.ts'
import { verifySealedCommit } from '../seals/format/verify-sealed-commit.ts'
import { CannotJudge } from './cannot-judge.ts'
import { type Line, firstParentOf } from './first-parents.ts'
import { addName, type Rules, checkCounts } from './judge-seal.ts'
import { readSeals } from './load-projection.ts'
import type { ObjectReader } from './object-reader.ts'
import { plainLine } from './plain-text.ts'
import { digestOf, type SealedStep, type Step } from './step.ts'
import type { Updates } from './updates.ts'

/** A commit of the line and what proves it. Text of it that nobody has proven is made harmless. */
export interface Judgement {
  oid: string
  title: string
  committedAt: string | null
  claimedAuthor: string | null
  /** The step that brought it, or why there is none. */
  proof: Step | SealError
}

export interface Walked {
  /** Oldest first. */
  judgements: Judgement[]
  /** Digests of the statements that any of them names, proven or not. */
  named: ReadonlySet<string>
  /** Digests of those that proved a commit. */
  used: ReadonlySet<string>
}

// About as much as a pipe holds: while one batch is judged, git has the next ready in it.
const BATCH = 64
const AHEAD = 2

/**
 * Judges every commit of a line that ends at `tip`. git only proposed the line: each link is checked in the commits
 * themselves. Throws CannotJudge `object-missing`, `object-corrupt`.
 */
export async function walk(
  line: Line,
  tip: string,
  parts: { rules: Rules; objects: ObjectReader; updates: Updates },
): Promise<Walked> {
  const judge = createJudge(parts.rules, parts.updates)
  const judgements: Judgement[] = []
  const named = new Set<string>()
  let last = line.end
  for await (const { oids, commits, digests, seals } of readAhead(line.oids, parts.rules, parts.objects)) {
    for (const digest of digests) named.add(digest)
    for (const [index, oid] of oids.entries()) {
      const commit = commits[index] ?? Buffer.alloc(0)
      if (firstParentOf(commit) !== last) throw unlinked(oid)
      last = oid
      const own = judge.own(oid, commit, seals)
      const proof = own instanceof SealError ? await judge.beside(own, judgements.length) : own
      judgements.push({ oid, title: titleOf(commit), ...claimsOf(commit, proof), proof })
    }
  }
  if (last !== tip) throw unlinked(tip)
  return { judgements, named, used: judge.used }
}

interface Batch {
  oids: string[]
  commits: Buffer[]
  digests: string[]
  /** By digest. */
  seals: Map<string, SealRecord>
}

/** Batches in their order, the next ones asked for before one is handed out. */
async function* readAhead(all: readonly string[], rules: Rules, objects: ObjectReader): AsyncGenerator<Batch> {
  const ahead: Promise<Batch>[] = []
  for (let at = 0; at < all.length || ahead.length > 0;) {
    for (; at < all.length && ahead.length <= AHEAD; at += BATCH) {
      const batch = readBatch(all.slice(at, at + BATCH), rules, objects)
      // Nobody comes for it where an earlier one ends the walk.
      batch.catch(() => undefined)
      ahead.push(batch)
    }
    const next = await ahead.shift()
    if (next) yield next
  }
}

async function readBatch(oids: string[], { sealBlobs }: Rules, objects: ObjectReader): Promise<Batch> {
  const commits = await objects.read(oids, 'commit')
  const digests = commits.flatMap(namedDigests)
  return { oids, commits, digests, seals: await readSeals(sealBlobs, digests, objects) }
}

function unlinked(oid: string): CannotJudge {
  return new CannotJudge('object-corrupt', `git lists ${oid} where the commits themselves say otherwise`)
}

function namedDigests(commit: Buffer): string[] {
  const text = commit.toString('latin1')
  // From the line on in which the first stands: what comes before, the signature above all, has none.
  const first = text.indexOf('\nPostern-Statement: ') + 1
  if (first === 0) return []
  return [...text.slice(first).matchAll(/^Postern-Statement: (sha256:[0-9a-f]{64})$/gm)].map((found) => found[1] ?? '')
}

function createJudge(rules: Rules, updates: Updates) {
  const used = new Set<string>()
  // The latest moment that what is proven below shows to have passed.
  let passed = 0

  function verify(oid: string, commit: Buffer, seals: ReadonlyMap<string, SealRecord>): SealedStep {
    const seal = verifySealedCommit({
      ...rules,
      commit,
      findSeal(digest) {
        if (used.has(digest)) throw new SealError('statement-reused', 'its statement already allowed an earlier change')
        return seals.get(digest)
      },
    })
    checkCounts(seal, passed, rules)
    const { fromID: base = '', targetID: tree = '' } = seal.statement.predicate
    const { action, pullRequest, head, committedAt } = seal
    return { seal, action, pullRequest, base, tip: oid, tree, head, passed: Math.max(passed, committedAt), committedAt }
  }

  function count(step: Step): Step {
    used.add(digestOf(step))
    addName(rules.names, step.seal?.statement.predicate.repository?.url)
    passed = step.passed
    return step
  }

  return {
    used,
    /** What the commit's own seal says of it. */
    own(oid: string, commit: Buffer, seals: ReadonlyMap<string, SealRecord>): Step | SealError {
      try {
        return count(verify(oid, commit, seals))
      } catch (error) {
        if (error instanceof SealError) return error
        throw error
      }
    },
    /** The update that stands for the commit at this place, where its own seal does not; else what speaks against it. */
    async beside(own: SealError, place: number): Promise<Step | SealError> {
      const found = await updates.proving(place, used, passed)
      if (found !== undefined && !(found instanceof SealError)) return count(found)
      return own.code === 'no-seal' ? (found ?? own) : own
    },
  }
}

/** What the commit says of itself; of a sealed one, only what its seal has proven. */
function claimsOf(bytes: Buffer, proof: Step | SealError): Pick<Judgement, 'committedAt' | 'claimedAuthor'> {
  if (!(proof instanceof SealError) && proof.committedAt !== undefined)
    return { committedAt: renderTime(proof.committedAt * 1000), claimedAuthor: null }
  try {
    const { author, committerTimestamp } = parseCommit(bytes)
    return { committedAt: renderTime(committerTimestamp * 1000), claimedAuthor: plainLine(author) }
  } catch {
    // Not a commit that git would make: it has nothing to say for itself.
    return { committedAt: null, claimedAuthor: null }
  }
}

function titleOf(bytes: Buffer): string {
  const start = bytes.indexOf('\n\n') + 2
  return start < 2 ? '' : plainLine(bytes.toString('utf8', start, start + 400).split('\n')[0] ?? '')
}
