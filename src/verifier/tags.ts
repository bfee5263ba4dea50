import { ES256 } from '../protocols/webauthn/cose.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { isGitAction } from '../seals/format/statement.ts'
import { MAX_TAG_BYTES } from '../seals/format/tag.ts'
import { renderTime } from '../seals/format/time.ts'
import { type VerifiedSealedTag, verifySealedTag } from '../seals/format/verify-sealed-tag.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { CloneRefs, NamedTag } from './clone-refs.ts'
import type { Filed } from './detached-seals.ts'
import { treeOf } from './first-parents.ts'
import { checkCounts, type Rules } from './judge-seal.ts'
import type { ObjectReader } from './object-reader.ts'
import { plainLine } from './plain-text.ts'
import type { Change, ProvenTag, Tag } from './report.ts'

interface Given {
  refs: CloneRefs
  /** Names that were asked for; of the others those that nobody tapped for are left out. */
  wanted: readonly string[]
  rules: Rules
  /** Seals of tags, as they were filed. */
  seals: readonly Filed[]
  objects: ObjectReader
  changes: readonly Change[]
  /** Where protection began. */
  baseline: string
}

/** Judges the tags that say they were made by a tap, by name. Throws CannotJudge where one that is asked for is missing. */
export async function judgeTags(given: Given): Promise<Tag[]> {
  const { refs, wanted } = given
  for (const name of wanted)
    if (!refs.tags.has(`refs/tags/${name}`)) throw new CannotJudge('ref-missing', `this clone has no tag ${name}`)
  const outcomes = await judgeAnnotated(given)
  const judged: Tag[] = []
  for (const [ref, tag] of refs.tags) {
    const { oid } = tag
    const name = ref.slice('refs/tags/'.length)
    const found = outcomes.get(ref) ?? unread(tag)
    if (!(found instanceof SealError)) judged.push(tell(name, oid, found, given))
    else if (found.code !== 'no-seal' || wanted.includes(name))
      judged.push({
        name: plainLine(name),
        oid,
        state: found.code === 'no-seal' ? 'unproven' : 'broken',
        reason: found.code,
        explanation: found.message,
      })
  }
  return judged
}

/** Whether all that was asked for is proven, and stands on the branch where that is proven too. */
export const haveTags = (tags: readonly Tag[], wanted: readonly string[]): boolean =>
  wanted.every((name) =>
    tags.some((tag) => tag.name === name && tag.state === 'proven' && (tag.on === 'start' || tag.on === 'proven')),
  )

const BATCH = 64

type Outcome = VerifiedSealedTag | SealError

/** By ref. Anybody who may push brings tags: each object is read once, however many refs name it, and few at a time. */
async function judgeAnnotated(given: Given): Promise<Map<string, Outcome>> {
  const { refs, objects } = given
  // The verifier runs on Node 20 too, which has no Map.groupBy.
  const named = new Map<string, string[]>()
  for (const [ref, tag] of refs.tags) {
    if (!isReadable(tag)) continue
    const names = named.get(tag.oid)
    if (names) names.push(ref)
    else named.set(tag.oid, [ref])
  }
  const byOid = [...named]
  const passed = findPassed(given.changes)
  const outcomes = new Map<string, Outcome>()
  for (let at = 0; at < byOid.length; at += BATCH) {
    const batch = byOid.slice(at, at + BATCH)
    const contents = await objects.read(
      batch.map(([oid]) => oid),
      'tag',
    )
    for (const [index, [, names]] of batch.entries()) {
      const tag = contents[index] ?? Buffer.alloc(0)
      // What claims nothing claims nothing under any name.
      let nothing: SealError | undefined
      for (const ref of names) {
        const outcome: Outcome = nothing ?? (await judgeTag(given, { ref, tag, passed }))
        if (outcome instanceof SealError && outcome.code === 'no-seal') nothing = outcome
        outcomes.set(ref, outcome)
      }
    }
  }
  return outcomes
}

const isReadable = ({ isAnnotated, size }: NamedTag): boolean => isAnnotated && size <= MAX_TAG_BYTES

const unread = ({ isAnnotated }: NamedTag): SealError =>
  new SealError(
    'no-seal',
    isAnnotated
      ? 'it is larger than any tag that a tap makes'
      : 'it is the name of a commit, and says nothing of itself',
  )

/**
 * The latest moment that had passed when each commit was there, in seconds since 1970. A sealed commit was made by the tap
 * that it carries, after all that lies below it; one that an update brought was there before, and is dated by its own word,
 * which says nothing of what came after it landed.
 */
function findPassed(changes: readonly Change[]): Map<string, number> {
  let sealed = 0
  let landed = 0
  const passed = changes.toReversed().map((change): [string, number] => {
    if (change.state !== 'proven') return [change.oid, sealed]
    const [dated, issued] = [change.committedAt, change.issuedAt].map(secondsOf) as [number, number]
    if (!isGitAction(change.action)) {
      landed = Math.max(landed, issued)
      return [change.oid, Math.max(sealed, Math.min(dated, issued))]
    }
    sealed = Math.max(sealed, landed, dated)
    return [change.oid, sealed]
  })
  return new Map(passed)
}

const secondsOf = (time: string | null): number => (time === null ? 0 : Date.parse(time) / 1000)

async function judgeTag(
  { rules, seals, objects }: Given,
  { ref, tag, passed }: { ref: string; tag: Buffer; passed: ReadonlyMap<string, number> },
): Promise<Outcome> {
  try {
    const found = verifySealedTag({
      ...rules,
      tag,
      ref,
      findSeal: (digest) => seals.find((seal) => seal.digest === digest)?.record,
    })
    const [commit = Buffer.alloc(0)] = await objects.read([found.commit], 'commit')
    if (treeOf(commit) !== found.tree)
      throw new SealError('tree-mismatch', 'the content of its commit is not what was sealed')
    checkCounts(found, passed.get(found.commit) ?? 0, rules)
    checkNewest(seals, found)
    return found
  } catch (error) {
    if (error instanceof SealError) return error
    throw error
  }
}

/** A tag that was deleted may be made again, by another tap; whoever serves the clone does not choose between them. */
function checkNewest(seals: readonly Filed[], { statement, statementDigest }: VerifiedSealedTag): void {
  const { targetRef, issuedAt, repository } = statement.predicate
  const isLater = ({ digest, statement: { predicate } }: Filed): boolean =>
    digest !== statementDigest &&
    predicate.targetRef === targetRef &&
    predicate.repository?.id === repository?.id &&
    predicate.issuedAt > issuedAt
  if (seals.some(isLater)) throw new SealError('tag-replaced', 'a later tap made another tag of this name')
}

function tell(
  name: string,
  oid: string,
  { entry, commit, taggedAt, strength, origin, statement, statementDigest }: VerifiedSealedTag,
  { rules, changes, baseline }: Given,
): ProvenTag {
  const change = changes.find((one) => one.oid === commit)
  return {
    name,
    oid,
    state: 'proven',
    commit,
    on: commit === baseline ? 'start' : (change?.state ?? null),
    taggedAt: renderTime(taggedAt * 1000),
    by: {
      username: entry.username,
      displayName: entry.displayName,
      principal: entry.principal,
      trust: rules.chain.get(entry.credentialId)?.trust ?? 'server',
    },
    fingerprint: entry.fingerprint,
    strength,
    stockVerifiable: entry.algorithm === ES256,
    origin,
    policyDigest: statement.predicate.policyDigest,
    statementDigest,
  }
}
