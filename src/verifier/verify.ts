import type { Protection } from '../seals/format/projection.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { Level, ProvenLevel } from '../seals/format/agreement.ts'
import type { SignerEntry } from '../seals/format/signer-entry.ts'
import { type ChainedSigner, firstSigner, verifySignerChain } from '../seals/format/verify-signer-chain.ts'
import { findAgreements } from './agreements.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { CloneRefs } from './clone-refs.ts'
import { DetachedSeals } from './detached-seals.ts'
import { firstParents, isOnLine } from './first-parents.ts'
import type { Repository } from './git.ts'
import { addName, type Rules } from './judge-seal.ts'
import { type Projection, loadProjection } from './load-projection.ts'
import { mergeAgain } from './merge-again.ts'
import { findNotes } from './notes.ts'
import { ObjectReader } from './object-reader.ts'
import { checkHistory, posternTips, readFiles } from './postern-history.ts'
import { readLandedPatches, readPatches } from './read-patches.ts'
import type { Change, Judged, Root } from './report.ts'
import { reportChanges } from './report-change.ts'
import { haveTags, judgeTags } from './tags.ts'
import { SignedPushes } from './signed-pushes.ts'
import type { SealedStep } from './step.ts'
import { Updates } from './updates.ts'
import { verifyStart } from './verify-start.ts'
import { type Judgement, walk } from './walk.ts'

export interface VerifyOptions {
  /** Branch or full ref; the clone's own current branch where absent. */
  ref?: string | undefined
  /** Fingerprints of the first signer and of the keys that count as it does. */
  trust?: readonly string[] | undefined
  /** Judge only what comes after this commit. */
  since?: string | undefined
  /** The one origin that seals may have been made on. */
  origin?: string | undefined
  /** Tags that must be proven too. */
  tags?: readonly string[] | undefined
  /** Less than this is not enough. */
  level?: ProvenLevel | undefined
}

/** Judges every change of one protected branch. Throws CannotJudge. */
export async function verifyBranch(
  { repository, refs }: { repository: Repository; refs: CloneRefs },
  options: VerifyOptions,
): Promise<Judged> {
  await using objects = new ObjectReader(repository)
  const tips = posternTips(refs)
  // git tells the history while the branch is judged; a history that was rewritten speaks before any judgement.
  const [history, judgement] = await Promise.allSettled([
    checkHistory(repository, tips, objects),
    judgeBranch({ repository, refs, objects, tips }, options),
  ])
  if (history.status === 'rejected') throw history.reason
  if (judgement.status === 'rejected') throw judgement.reason
  return judgement.value
}

interface Judging {
  repository: Repository
  refs: CloneRefs
  objects: ObjectReader
  /** Of refs/postern/*. */
  tips: ReturnType<typeof posternTips>
}

async function judgeBranch({ repository, refs, objects, tips }: Judging, options: VerifyOptions): Promise<Judged> {
  const [signers, seals] = await Promise.all([readFiles(repository, tips.signers), readFiles(repository, tips.seals)])
  const projection = await loadProjection({ signers, seals }, objects)
  const chain = chainOf(projection, options.trust)
  const ref = branchOf(refs, options.ref)
  const protection = protectionOf(projection, ref)
  const rules: Rules = {
    repositoryId: protection.repositoryId,
    ref,
    chain,
    signers: new Map([...chain].map(([id, { entry }]) => [id, entry])),
    sealBlobs: projection.sealBlobs,
    pinned: options.trust !== undefined,
    origins: options.origin === undefined ? undefined : [options.origin],
    sshKeys: projection.sshKeys,
    names: new Set(),
  }
  const tip = refs.oids.get(ref)
  if (tip === undefined) throw new CannotJudge('ref-missing', `this clone has no ${ref}`)
  const since = options.since === undefined ? undefined : await commitNamed(repository, options.since)
  const until = since ?? protection.baseline
  // A `since` that lies before the start would judge what was never promised.
  const line = await firstParents(repository, { tip, until, floor: protection.baseline })
  const reached = line.end === until
  if (!reached && since !== undefined) {
    throw new CannotJudge('since-not-found', `${since} is not on ${ref} since its protection began`)
  }
  // A baseline off the line may be gone; that the line lacks it is then the finding.
  const [baseline] = reached && since === undefined ? await objects.read([protection.baseline], 'commit') : []
  const { start, url } = await verifyStart(protection, baseline, rules, objects)
  if (start.state === 'sealed') addName(rules.names, url)
  const pushes = new SignedPushes(projection.pushBlobs, objects)
  const detached = new DetachedSeals(projection.sealBlobs, objects)
  const isBelow = (oid: string) => isOnLine({ repository, objects }, oid, { from: since, floor: protection.baseline })
  const updates = new Updates({ line, rules, seals: detached, pushes, objects, isBelow })
  const { judgements, named, used } = await walk(line, tip, { rules, objects, updates })
  await Promise.all([detached.load(used), pushes.load()])
  const agreements = await findAgreements(stepsOf(judgements, line.end ?? ''), {
    seals: detached,
    rules,
    objects,
    readPatches: (step) => readPatches(repository, step),
    readLanded: (some) => readLandedPatches(repository, some),
    mergeAgain: (some) => mergeAgain(repository, some),
  })
  const changes = reportChanges(judgements, agreements, rules)

  const wantedTags = options.tags ?? []
  const tags = await judgeTags({
    refs,
    wanted: wantedTags,
    rules,
    seals: detached.tags,
    objects,
    changes,
    baseline: protection.baseline,
  })

  const count = (state: string) => changes.filter((change) => change.state === state).length
  const counts = { proven: count('proven'), unproven: count('unproven'), broken: count('broken') }
  const isProven = reached && counts.proven === changes.length
  const level = reached ? leastLevel(changes) : 1
  const root = firstSigner(projection.entries)
  if (!root) throw new CannotJudge('signers-malformed', 'the list of signers has no first one')
  return {
    version: 1,
    verdict: isProven ? 'proven' : 'unproven',
    exitCode: isProven && (level ?? 4) >= (options.level ?? 1) && haveTags(tags, wantedTags) ? 0 : 1,
    repository: { id: protection.repositoryId, url },
    ref,
    tip,
    start,
    since: since ?? null,
    identities: { pinned: rules.pinned, root: nameOf(root), roots: rootsOf(root, chain).map(nameOf) },
    counts,
    level,
    wantedLevel: options.level ?? null,
    changes,
    tags,
    wantedTags: [...wantedTags],
    notes: await findNotes({
      projection,
      rules,
      trust: options.trust,
      start,
      reached,
      named,
      since,
      objects,
      seals: detached,
      pushes: pushes.of(ref),
      changes,
      oids: new Set(line.oids),
      async readBefore() {
        return (await firstParents(repository, { tip: protection.baseline, until: '', floor: '' })).oids
      },
    }),
  }
}

/** Sealed steps, oldest first, each with the commit below the first that it proves; nothing approves a signed push. */
function stepsOf(judgements: readonly Judgement[], end: string): Map<SealedStep, string> {
  const steps = new Map<SealedStep, string>()
  let below = end
  for (const { oid, proof } of judgements) {
    if (!(proof instanceof SealError) && proof.seal && !steps.has(proof)) steps.set(proof, below)
    below = oid
  }
  return steps
}

function leastLevel(changes: readonly Change[]): Level | null {
  if (changes.length === 0) return null
  return changes.reduce<Level>((least, { level }) => (level < least ? level : least), 4)
}

/** The first signer, and the others that are pinned. */
function rootsOf(first: SignerEntry, chain: ReadonlyMap<string, ChainedSigner>): SignerEntry[] {
  const others = [...chain.values()].filter(({ trust, entry }) => trust === 'root' && entry !== first)
  return [first, ...others.map(({ entry }) => entry)]
}

const nameOf = ({ username, fingerprint }: SignerEntry): Root => ({ username, fingerprint })

async function commitNamed(repository: Repository, name: string): Promise<string> {
  const oid = await repository.findRef(`${name}^{commit}`)
  if (oid === undefined) throw new CannotJudge('since-not-found', `this clone has no commit ${name}`)
  return oid
}

function chainOf(projection: Projection, trust: VerifyOptions['trust']): Map<string, ChainedSigner> {
  try {
    return verifySignerChain(projection.entries, { trust })
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new CannotJudge(cause.code === 'trust-mismatch' ? cause.code : 'signers-malformed', cause.message, { cause })
  }
}

function branchOf({ current }: CloneRefs, wanted: string | undefined): string {
  if (wanted !== undefined) return wanted.startsWith('refs/') ? wanted : `refs/heads/${wanted}`
  if (current === undefined) throw new CannotJudge('ref-missing', 'this clone is on no branch: name one with --ref')
  return current
}

function protectionOf({ protections }: Projection, ref: string): Protection {
  const protection = protections.get(ref)
  if (protection) return protection
  const known = [...protections.keys()].join(', ') || 'none'
  throw new CannotJudge('not-protected', `nothing says that ${ref} was ever protected (protected: ${known})`)
}
