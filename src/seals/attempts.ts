import type { RecordedDecision } from '../audit/decision.ts'
import { recordEvent } from '../audit/record.ts'
import { type Database, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import type { SealRequestTable, SealTable, TableName } from '../database/schema.ts'
import { conflict, forbidden, nothingLeft } from '../http/problem.ts'
import { actorOf, type SessionCaller, shortfallProblem } from '../identity/caller.ts'
import { withCeremonyProblems } from '../identity/ceremony-problem.ts'
import { copiedProblem, recordRegression, refusesRegression } from '../identity/counter-regression.ts'
import {
  type CredentialRecord,
  findCredentialRecord,
  listCredentialRecords,
  noteUse,
} from '../identity/credential-records.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { findUserById } from '../identity/users.ts'
import { credentialStrength } from '../policy/strength.ts'
import { renderRequestOptions } from '../protocols/webauthn/options.ts'
import { parseAuthenticationResponse } from '../protocols/webauthn/response-json.ts'
import { type VerifiedAuthentication, verifyAuthentication } from '../protocols/webauthn/verify-authentication.ts'
import { messageFor } from './format/signing.ts'
import { parseStatement, renderStatement, statementDigest } from './format/statement.ts'
import type { OnSealed } from './on-sealed.ts'
import { createTapJudge } from './judge-tap.ts'
import { repackTap } from './repack-tap.ts'
import { checkOpen, draftOf, getSealRequest, refusalOf, type SealDraft, titleOf } from './requests.ts'
import type { SealAttempt, SealMade } from './shapes.ts'

/** One opening of a request with one credential: completes the statement and asks for a tap over exactly it. */
export async function beginAttempt(
  ceremonies: Ceremonies,
  caller: SessionCaller,
  wanted: { requestId: string; credentialId: string | undefined },
): Promise<SealAttempt> {
  const { database, challenges, place, now } = ceremonies
  const request = await getSealRequest(database.read, wanted.requestId, caller.id)
  checkOpen(request, now())
  checkReach(caller, request)
  const draft = draftOf(request)
  const record = await chooseCredential(ceremonies, caller, wanted.credentialId, draft)
  const statement = renderStatement(draft.statement, { credentialId: record.credentialId })
  const { challenge } = messageFor(statement, draft.template)
  const issued = await challenges.issue({
    kind: 'seal',
    bindingHash: caller.by.sessionHash,
    userId: caller.id,
    payload: { requestId: request.id, credentialRecordId: record.id, statement: statement.toString('base64') },
    challenge,
  })
  return {
    id: issued.id,
    publicKey: renderRequestOptions({
      challenge,
      rpId: place.rpId,
      allow: [{ id: record.credentialId, transports: JSON.parse(record.transports) as string[] }],
    }),
    statement: statement.toString(),
    statementDigest: statementDigest(statement),
    expiresAt: Math.min(issued.expiresAt, request.expiresAt),
  }
}

/**
 * A session that falls short of the rules taps for the key that it lacks. Whatever else waits for its person, asked by
 * somebody else or by a token, waits until it is in. @throws 401 or 403 with the rule's sentence
 */
function checkReach({ shortfall }: SessionCaller, { action }: Pick<SealRequestTable, 'action'>): void {
  if (shortfall !== null && action !== 'credential.add') throw shortfallProblem(shortfall)
}

/** The one asked for, else the one this session was begun with, else the first that may. */
async function chooseCredential(
  ceremonies: Ceremonies,
  caller: SessionCaller,
  wantedId: string | undefined,
  draft: SealDraft,
): Promise<CredentialRecord> {
  const { database } = ceremonies
  const judge = await judgeFor(ceremonies, caller, draft)
  const records = await listCredentialRecords(database.read, caller.id)
  const allowed = records.filter((record) => refusalOf(record, draft, judge) === undefined)
  const preferred = wantedId ?? caller.by.credentialRecordId
  const chosen =
    records.find((record) => record.id === wantedId) ??
    allowed.find((record) => record.id === preferred) ??
    allowed[0] ??
    records[0]
  if (chosen === undefined) throw forbidden('You have no passkey that could seal this.', 'Add one under Account.')
  const refusal = refusalOf(chosen, draft, judge)
  if (refusal !== undefined) throw forbidden(refusal, 'Add a key of that kind under Account, then come back.')
  return chosen
}

const judgeFor = ({ database, policy, now }: Ceremonies, caller: SessionCaller, { question }: SealDraft) =>
  createTapJudge({ db: database.read, policy }, { question, caller, at: now() })

/** Verifies the tap and keeps the seal. The attempt is used up whatever comes of it; the request lives on if it fails. */
export async function finishAttempt(
  ceremonies: Ceremonies,
  caller: SessionCaller,
  answer: { requestId: string; attemptId: string; response: unknown },
  onSealed: OnSealed = {},
): Promise<SealMade> {
  const { database, challenges, place, now } = ceremonies
  return withCeremonyProblems(async () => {
    const response = parseAuthenticationResponse(answer.response)
    const { challenge, payload, userId } = await challenges.consume({
      id: answer.attemptId,
      kind: 'seal',
      bindingHash: caller.by.sessionHash,
      clientDataJSON: response.clientDataJSON,
    })
    const attempt = payload as { requestId: string; credentialRecordId: string; statement: string }
    if (attempt.requestId !== answer.requestId || userId !== caller.id)
      throw conflict('ceremony-over', 'This tap was asked for something else.', {
        help: 'Tap once more, where you were asked.',
      })
    const request = await getSealRequest(database.read, attempt.requestId, caller.id)
    checkOpen(request, now())
    checkReach(caller, request)
    const record = await findCredentialRecord(database.read, caller.id, attempt.credentialRecordId)
    const user = await findUserById(database.read, caller.id)
    if (record === undefined || user === undefined)
      throw conflict('credential-ended', 'This passkey was removed meanwhile.', { help: 'Tap with another one.' })
    const verified = verifyAuthentication({
      response,
      expected: {
        challenge,
        origins: [place.origin],
        rpId: place.rpId,
        requireUserVerification: true,
        userHandleRequired: false,
        credential: {
          id: record.credentialId,
          publicKey: Buffer.from(record.publicKey, 'base64url'),
          backupEligible: record.backupEligible === 1,
          counter: record.signCount,
          userHandle: Buffer.from(user.webauthnHandle, 'base64url'),
        },
      },
    })
    if (await refusesRegression(database.read, verified)) {
      const actor = actorOf(caller)
      await database.write((tx) => recordRegression(tx, { actor, record, verified, outcome: 'refused', at: now() }))
      throw copiedProblem()
    }
    const strength = credentialStrength(record)
    const { decision, sentence, recorded } = (await judgeFor(ceremonies, caller, draftOf(request)))(record)
    ceremonies.policy.decided?.({ act: recorded.act, outcome: recorded.outcome, rule: recorded.rule })
    if (decision.outcome !== 'allow') throw forbidden(sentence, 'Use another key, or add one under Account.')
    const statement = Buffer.from(attempt.statement, 'base64')
    const { namespace, message } = messageFor(statement, draftOf(request).template)
    const { armored } = repackTap(
      response,
      { credentialId: record.credentialId, publicKey: Buffer.from(record.publicKey, 'base64url'), rpId: record.rpId },
      namespace,
    )
    const seal: SealTable = {
      id: newId('sea'),
      requestId: request.id,
      statementDigest: statementDigest(statement),
      action: request.action,
      repositoryId: request.repositoryId,
      userId: caller.id,
      credentialRecordId: record.id,
      strength,
      statement: attempt.statement,
      message: message.toString('base64'),
      namespace,
      origin: verified.origin,
      authenticatorData: response.authenticatorData.toString('base64url'),
      clientDataJson: response.clientDataJSON.toString('base64url'),
      signature: response.signature.toString('base64url'),
      armored,
      sealedAt: now(),
      consumedAt: null,
    }
    await keepSeal(database, { seal, request, record, verified, caller, recorded }, onSealed[seal.action])
    return { sealId: seal.id, statementDigest: seal.statementDigest, strength }
  })
}

async function keepSeal(
  database: Database,
  made: {
    seal: SealTable
    request: SealRequestTable
    record: CredentialRecord
    verified: VerifiedAuthentication
    caller: SessionCaller
    recorded: RecordedDecision
  },
  takeEffect: OnSealed[string],
): Promise<void> {
  const { seal, request, record, verified, caller } = made
  const after = await database.write(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('sealRequest')
      .set({ state: 'sealed' })
      .where('id', '=', request.id)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1)
      throw conflict('already-sealed', 'This was already sealed or refused.', { help: nothingLeft })
    try {
      await orUniqueViolation(tx.insertInto('seal').values(seal).execute())
    } catch (error) {
      if (error instanceof UniqueViolation)
        throw conflict('already-sealed', 'This statement was already sealed.', { help: nothingLeft })
      throw error
    }
    await noteUse(tx, record, verified, seal.sealedAt)
    const actor = actorOf(caller, seal)
    await recordEvent(tx, {
      action: 'seal.made',
      actor,
      target: { kind: 'seal', id: seal.id },
      repositoryId: seal.repositoryId,
      facts: {
        act: seal.action,
        statement: seal.statementDigest,
        credential: record.name,
        rule: made.recorded.rule,
        userVerified: verified.userVerified ? 'yes' : 'no',
        ...(request.requestedToken === null ? {} : { askedBy: request.requestedVia }),
      },
      decision: made.recorded,
      personal: { address: caller.address, title: titleOf(request) },
      at: seal.sealedAt,
    })
    if (verified.counterRegressed) await recordRegression(tx, { actor, record, verified, at: seal.sealedAt })
    const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
    return takeEffect?.(tx, { seal, statement, caller, request: { ...request, state: 'sealed' } })
  })
  await after?.()
}

/** The person does not want this: it can never be sealed. `andThen` runs in the same transaction. */
export async function refuseRequest(
  database: Database,
  caller: SessionCaller,
  {
    id,
    at,
    andThen,
  }: { id: string; at: number; andThen?: (tx: Tx<TableName>, row: SealRequestTable) => Promise<void> },
): Promise<void> {
  const request = await getSealRequest(database.read, id, caller.id)
  await database.write(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('sealRequest')
      .set({ state: 'refused' })
      .where('id', '=', request.id)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1) throw conflict('not-open', 'This no longer waits for you.', { help: nothingLeft })
    await recordEvent(tx, {
      action: 'seal.refused',
      actor: actorOf(caller),
      target: { kind: 'seal-request', id: request.id },
      repositoryId: request.repositoryId,
      outcome: 'refused',
      personal: { title: titleOf(request) },
      at,
    })
    await andThen?.(tx, request)
  })
}
