import { parseCommit } from '../protocols/sshsig/commit-signature.ts'
import { EDDSA, ES256 } from '../protocols/webauthn/cose.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import { parseTime, renderTime } from '../seals/format/time.ts'
import { type VerifiedSealedCommit, verifySealedCommit } from '../seals/format/verify-sealed-commit.ts'
import type { ChainedSigner } from '../seals/format/verify-signer-chain.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { Line } from './first-parents.ts'
import { readSeals } from './load-projection.ts'
import type { ObjectReader } from './object-reader.ts'
import type { Change, ProvenChange } from './report.ts'
import { plainLine } from './plain-text.ts'

/** What every commit of the walk is judged by. */
export interface Rules {
  repositoryId: string
  ref: string
  chain: ReadonlyMap<string, ChainedSigner>
  sealBlobs: ReadonlyMap<string, string>
  /** Count only signers that the pinned root reaches. */
  pinned: boolean
  origins: readonly string[] | undefined
}

export interface Walked {
  /** Newest first. */
  changes: Change[]
  /** Digests of the statements that any of them names, proven or not. */
  named: ReadonlySet<string>
}

// About as much as a pipe holds: while one batch is judged, git has the next ready in it.
const BATCH = 64
const AHEAD = 2

/**
 * Judges every commit of a line that ends at `tip`. git only proposed the line: each link is checked in the commits
 * themselves. Throws CannotJudge `object-missing`, `object-corrupt`.
 */
export async function walk(line: Line, tip: string, rules: Rules, objects: ObjectReader): Promise<Walked> {
  const judge = createJudge(rules)
  const changes: Change[] = []
  const named = new Set<string>()
  let last = line.end
  for await (const { oids, commits, digests, seals } of readAhead(line.oids, rules, objects)) {
    for (const digest of digests) named.add(digest)
    for (const [index, oid] of oids.entries()) {
      const commit = commits[index] ?? Buffer.alloc(0)
      if (firstParentOf(commit) !== last) throw unlinked(oid)
      last = oid
      changes.push(judge.commit(oid, commit, seals))
    }
  }
  if (last !== tip) throw unlinked(tip)
  return { changes: changes.toReversed(), named }
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

const HEAD_BYTES = 96

/** Headers stand in this order, or it is no commit; text further down cannot be mistaken for them. */
function firstParentOf(commit: Buffer): string | undefined {
  return /^tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\n/.exec(commit.toString('latin1', 0, HEAD_BYTES))?.[1]
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

function createJudge(rules: Rules) {
  const signers = new Map([...rules.chain].map(([id, { entry }]) => [id, entry]))
  const used = new Set<string>()
  // The latest moment that a proven commit below shows to have passed.
  let reached = 0

  function verify(commit: Buffer, seals: ReadonlyMap<string, SealRecord>): VerifiedSealedCommit {
    const verified = verifySealedCommit({
      commit,
      repositoryId: rules.repositoryId,
      ref: rules.ref,
      signers,
      origins: rules.origins,
      findSeal(digest) {
        if (used.has(digest)) throw new SealError('statement-reused', 'its statement already allowed an earlier change')
        return seals.get(digest)
      },
    })
    const { entry } = verified
    if (rules.pinned && rules.chain.get(entry.credentialId)?.trust === 'server') {
      throw new SealError('not-vouched', `nobody vouched for this key of ${entry.username}`)
    }
    // A stolen key can lie about the date, but not about what was there before.
    if (entry.ended && reached > (parseTime(entry.ended.at) ?? 0)) {
      throw new SealError('signer-ended', 'the key had ended before changes that this one stands on')
    }
    return verified
  }

  return {
    commit(oid: string, bytes: Buffer, seals: ReadonlyMap<string, SealRecord>): Change {
      try {
        const verified = verify(bytes, seals)
        used.add(verified.statementDigest)
        reached = Math.max(reached, verified.committedAt)
        return proven(oid, bytes, verified, rules.chain.get(verified.entry.credentialId))
      } catch (error) {
        if (!(error instanceof SealError)) throw error
        return unproven(oid, bytes, error)
      }
    },
  }
}

function proven(
  oid: string,
  bytes: Buffer,
  seal: VerifiedSealedCommit,
  signer: ChainedSigner | undefined,
): ProvenChange {
  const { entry } = seal
  return {
    oid,
    title: titleOf(bytes),
    committedAt: renderTime(seal.committedAt * 1000),
    state: 'proven',
    action: seal.action,
    pullRequest: seal.pullRequest,
    head: seal.head,
    by: {
      username: entry.username,
      displayName: entry.displayName,
      principal: entry.principal,
      trust: signer?.trust ?? 'server',
      endorsedBy: signer?.endorsedBy ?? null,
    },
    key: {
      fingerprint: entry.fingerprint,
      algorithm: entry.algorithm === ES256 ? 'ES256' : entry.algorithm === EDDSA ? 'EdDSA' : 'RS256',
      strength: seal.strength,
      userPresent: true,
      userVerified: true,
      backupEligible: seal.backupEligible,
      backupState: seal.backupState,
      stockVerifiable: entry.algorithm === ES256,
    },
    origin: seal.origin,
    issuedAt: seal.statement.predicate.issuedAt,
    statementDigest: seal.statementDigest,
  }
}

function unproven(oid: string, bytes: Buffer, error: SealError): Change {
  const claimed = claimsOf(bytes)
  return {
    oid,
    title: titleOf(bytes),
    committedAt: claimed?.committedAt ?? null,
    state: error.code === 'no-seal' ? 'unproven' : 'broken',
    reason: error.code,
    explanation: error.message,
    claimedAuthor: claimed?.author ?? null,
  }
}

function claimsOf(bytes: Buffer): { author: string; committedAt: string } | undefined {
  try {
    const { author, committerTimestamp } = parseCommit(bytes)
    return { author: plainLine(author), committedAt: renderTime(committerTimestamp * 1000) }
  } catch {
    // Not a commit that git would make: it has nothing to say for itself.
    return undefined
  }
}

function titleOf(bytes: Buffer): string {
  const start = bytes.indexOf('\n\n') + 2
  return start < 2 ? '' : plainLine(bytes.toString('utf8', start, start + 400).split('\n')[0] ?? '')
}
