import { parseCommit } from '../protocols/sshsig/commit-signature.ts'
import { ES256 } from '../protocols/webauthn/cose.ts'
import { asProofError } from '../seals/format/proof-error.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { renderTime } from '../seals/format/time.ts'
import { type VerifiedSealedTag, verifySealedTag } from '../seals/format/verify-sealed-tag.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { CloneRefs } from './clone-refs.ts'
import type { Filed } from './detached-seals.ts'
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
  const { refs, wanted, objects } = given
  for (const name of wanted)
    if (!refs.tags.has(`refs/tags/${name}`)) throw new CannotJudge('ref-missing', `this clone has no tag ${name}`)
  const tags = [...refs.tags].map(([ref, { oid, isAnnotated }]) => ({ ref, oid, isAnnotated }))
  const annotated = tags.filter(({ isAnnotated }) => isAnnotated)
  const contents = await objects.read(
    annotated.map(({ oid }) => oid),
    'tag',
  )
  const bytes = new Map(annotated.map(({ ref }, index) => [ref, contents[index]]))
  const judged: Tag[] = []
  for (const { ref, oid } of tags) {
    const name = ref.slice('refs/tags/'.length)
    const found = await judgeTag(given, ref, bytes.get(ref))
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

async function judgeTag(
  { rules, seals, objects, changes }: Given,
  ref: string,
  tag: Buffer | undefined,
): Promise<VerifiedSealedTag | SealError> {
  if (tag === undefined) return new SealError('no-seal', 'it is the name of a commit, and says nothing of itself')
  try {
    const found = verifySealedTag({
      ...rules,
      tag,
      ref,
      findSeal: (digest) => seals.find((seal) => seal.digest === digest)?.record,
    })
    const [commit = Buffer.alloc(0)] = await objects.read([found.commit], 'commit')
    if (asProofError(() => parseCommit(commit)).tree !== found.tree)
      throw new SealError('tree-mismatch', 'the content of its commit is not what was sealed')
    const change = changes.find(({ oid }) => oid === found.commit)
    checkCounts(found, change?.committedAt ? Date.parse(change.committedAt) / 1000 : 0, rules)
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
