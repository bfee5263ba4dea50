import type { Id } from '../../database/id.ts'
import type { Tx } from '../../database/handles.ts'
import type { RefUpdateTable, SealTable } from '../../database/schema.ts'
import { conflict, type ProblemError } from '../../http/problem.ts'
import { findCredentialRecord } from '../../identity/credential-records.ts'
import { credentialStrength, weaker } from '../../policy/strength.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { SealError } from '../../seals/format/seal-error.ts'
import { parseStatement, type Statement } from '../../seals/format/statement.ts'
import { renderTag, sealedTag, tagOid, tagTrailersFor } from '../../seals/format/tag.ts'
import { parseTime } from '../../seals/format/time.ts'
import { verifySealedTag } from '../../seals/format/verify-sealed-tag.ts'
import { getUnspentSeal } from '../../seals/find-unspent.ts'
import { withOwnSigner } from '../../seals/own-signer.ts'
import { createSealRequest, sealLifetimeMs } from '../../seals/requests.ts'
import { sealRequired } from '../../seals/seal-required.ts'
import { takeSeal } from '../../seals/take-seal.ts'
import type { RepositoryPlace } from '../place.ts'
import { checkStillWrites } from '../push-standing.ts'
import { moveRef, type RefMoved } from '../ref-updates.ts'
import { type TagParts, type TagQuestion, tagQuestion } from './tag-question.ts'
import { workOutTag } from './work-out-tag.ts'

/** Lays down the tag as a statement that waits for this person's tap. Nothing is made yet. @throws 404, 409, 422 */
export async function askForTag(parts: TagParts, question: TagQuestion): Promise<ProblemError> {
  const { database, policy, now } = parts
  const { caller, place } = question
  const at = now()
  const { statement, template, facts } = await workOutTag(parts, question, { at, lifetimeMs: sealLifetimeMs })
  const asked = tagQuestion(place)
  const { id } = await database.write((tx) =>
    createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'tag',
      repositoryId: place.repository.id,
      draft: { statement, template, question: asked, stockVerifiableOnly: false },
      facts,
      at,
      lifetimeMs: sealLifetimeMs,
    }),
  )
  const judged = { question: asked, caller, at }
  return sealRequired({ db: database.read, policy }, judged, { detail: facts.title, sealRequestId: id })
}

export interface TagReleaseParts extends TagParts {
  /** Brings signers and seals into the repository, before anybody hears of the tag. */
  onMoved?: RefMoved | undefined
}

/**
 * Makes the tag that was tapped for: exactly the bytes that were signed, or nothing. Returns what was made now; nothing
 * where the answer to a first call was lost on its way. @throws 403, 409 with what to do
 */
export async function makeTag(
  parts: TagReleaseParts,
  question: TagQuestion & { sealId: string },
): Promise<RefUpdateTable[]> {
  const { database, git, policy, now } = parts
  const { place, caller, sealId } = question
  if (await isMade(parts, question)) return []
  const seal = await getUnspentSeal(database.read, { id: sealId, userId: caller.id, ...again })
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  if (!isForThis(statement, question)) throw mismatch()
  const { ref, tag, oid } = await workOutAgain(parts, question, { seal, statement })
  const record = await findCredentialRecord(database.read, caller.id, seal.credentialRecordId)
  if (record === undefined)
    throw conflict('credential-ended', 'The passkey you tapped with was removed meanwhile.', again)
  checkProvable(tag, { ref, repositoryId: place.repository.id, ...withOwnSigner({ seal, record, signer: caller }) })
  const made: RefUpdateTable[] = []
  await moveRef({
    database,
    git,
    now,
    place,
    door: 'push',
    ref,
    oldOid: zeroOid,
    newOid: oid,
    actor: caller,
    method: `seal ${seal.id}`,
    strength: weaker(seal.strength, credentialStrength(record)),
    sealId: seal.id,
    commitBytes: tag,
    async onPrepare(tx) {
      await checkStillWrites(tx, place, caller)
      await checkNewest(tx, place, { ref, statement })
      await takeSeal(tx, {
        sealId,
        caller,
        policy,
        question: tagQuestion(place),
        at: now(),
        isFor: (sealed) => isForThis(sealed, question),
      })
    },
    onMoved: parts.onMoved,
    onDone: async (_tx, row) => void made.push(row),
  })
  return made
}

const again = { help: 'Nothing was made: read it again and tap once more.' }

const mismatch = () => conflict('seal-mismatch', 'This tap was made for something else.', again)

async function isMade({ database }: TagParts, { sealId, name, place, caller }: TagQuestion & { sealId: string }) {
  const row = await database.read
    .selectFrom('refUpdate')
    .select('id')
    .where('sealId', '=', sealId as Id<'sea'>)
    .where('repositoryId', '=', place.repository.id)
    .where('ref', '=', `refs/tags/${name}`)
    .where('actorId', '=', caller.id)
    .where('state', '=', 'done')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Of two taps for one name the later counts, so that an earlier one is worth nothing where another tag was made of a later
 * one meanwhile, and deleted. @throws 409 `tag-replaced`
 */
async function checkNewest(
  tx: Tx<'refUpdate'>,
  { repository }: RepositoryPlace,
  { ref, statement }: { ref: string; statement: Statement },
): Promise<void> {
  const issued = parseTime(statement.predicate.issuedAt) ?? 0
  const later = await tx
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repository.id)
    .where('ref', '=', ref)
    .where('sealId', 'is not', null)
    .where('state', '=', 'done')
    .where('createdAt', '>=', (issued + 1) * 1000)
    .executeTakeFirst()
  if (later === undefined) return
  throw conflict('tag-replaced', 'Another tag of this name was made and deleted after you were asked.', again)
}

/** Compared with the route and the body, never with anything else the caller says. */
const isForThis = ({ predicate }: Statement, { place, name, caller }: TagQuestion): boolean =>
  predicate.action === 'tag' &&
  predicate.signer.userId === caller.id &&
  predicate.repository?.id === place.repository.id &&
  predicate.targetRef === `refs/tags/${name}`

/** What would be signed now, for the same moment: it must be what was signed. @throws 409 */
async function workOutAgain(
  parts: TagParts,
  question: TagQuestion,
  { seal, statement }: { seal: SealTable; statement: Statement },
): Promise<{ ref: string; tag: Buffer; oid: string }> {
  const { subject, predicate } = statement
  const at = (parseTime(predicate.issuedAt) ?? 0) * 1000
  const { ref, commit, template } = await workOutTag(parts, question, { at, lifetimeMs: 0 })
  const sealed = subject[0]?.digest
  if (sealed === undefined || !('gitCommit' in sealed) || sealed.gitCommit !== commit)
    throw conflict('head-moved', `${question.target} moved after you tapped.`, again)
  if (predicate.policyDigest !== parts.policy.current().digest)
    throw conflict('policy-changed', 'The rules changed after you tapped.', again)
  const unsigned = Buffer.from(seal.message, 'base64')
  if (!renderTag(template, tagTrailersFor(statement, seal.statementDigest)).equals(unsigned)) throw mismatch()
  const tag = sealedTag(unsigned, seal.armored)
  return { ref, tag, oid: tagOid(tag) }
}

/** By the offline verifier's own judgement: nobody gets a tag that could never be verified. @throws 409 `not-provable` */
function checkProvable(
  tag: Buffer,
  {
    seal,
    ...given
  }: Omit<Parameters<typeof verifySealedTag>[0], 'tag' | 'findSeal'> & ReturnType<typeof withOwnSigner>,
): void {
  try {
    verifySealedTag({ ...given, tag, findSeal: () => seal })
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw conflict('not-provable', 'Nobody could verify this tag later, so it was not made.', {
      detail: `${error.code}: ${error.message}.`,
      help: 'Tap again with another passkey, or add one under Account at this address.',
      cause: error,
    })
  }
}
