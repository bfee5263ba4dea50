import type { Attestation } from '../attestation/attestation.ts'
import type { AttestationJudgement } from '../attestation/judge-attestation.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { ProblemError } from '../http/problem.ts'
import { COSE_ALGORITHMS } from '../protocols/webauthn/cose.ts'
import { renderCreationOptions } from '../protocols/webauthn/options.ts'
import { parseRegistrationResponse } from '../protocols/webauthn/response-json.ts'
import { type VerifiedRegistration, verifyRegistration } from '../protocols/webauthn/verify-registration.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { credentialStrength } from '../policy/strength.ts'
import { withCeremonyProblems } from './ceremony-problem.ts'
import type { Challenges } from './challenges.ts'
import { createCredentialRecord, endAllCredentials } from './credential-records.ts'
import { consumeRegistrationLink, getRegistrationLink, type RegistrationLink } from './registration-links.ts'
import { createSession } from './sessions.ts'
import { createUser, findUserById, newWebauthnHandle, type User } from './users.ts'

export interface Place {
  rpId: string
  origin: string
}

export interface Ceremonies {
  database: Database
  challenges: Challenges
  place: Place
  policy: PolicyInForce
  attestation: Pick<Attestation, 'judge' | 'listPictured'>
  now: () => number
}

export interface Applicant {
  username: string
  displayName: string
  email: string
}

export interface Client {
  userAgent: string
  address: string
}

/** Whose passkey a link will make: a person who waits for theirs, or one who comes to be by registering. */
async function applicantOf(
  database: Database,
  link: RegistrationLink,
  given: Applicant,
): Promise<{ user: User | null; applicant: Applicant }> {
  if (link.userId === null) return { user: null, applicant: given }
  const user = await findUserById(database.read, link.userId)
  if (user === undefined || user.state !== 'active')
    throw new ProblemError(410, 'link-used', 'The person this link was made for is no longer here.')
  return { user, applicant: user }
}

/** Options for a first passkey made through a link. The link stays usable until a registration is finished. */
export async function beginRegistration(
  { database, challenges, place, now }: Ceremonies,
  request: { token: string; applicant: Applicant; bindingHash: string },
) {
  const link = await getRegistrationLink(database.read, request.token, now())
  const { user, applicant } = await applicantOf(database, link, request.applicant)
  const handle = user?.webauthnHandle ?? newWebauthnHandle()
  const issued = await challenges.issue({
    kind: 'registration',
    bindingHash: request.bindingHash,
    userId: user?.id ?? null,
    payload: {
      linkId: link.id,
      applicant: { username: applicant.username, displayName: applicant.displayName, email: applicant.email },
      handle,
    },
  })
  return {
    ceremonyId: issued.id,
    expiresAt: issued.expiresAt,
    publicKey: renderCreationOptions({
      challenge: issued.challenge,
      rpId: place.rpId,
      user: { handle, name: applicant.username, displayName: applicant.displayName },
      exclude: [],
    }),
  }
}

/** Makes person, passkey and session in one transaction, and only then is the link used up. */
export async function finishRegistration(
  ceremonies: Ceremonies,
  request: {
    token: string
    ceremonyId: string
    bindingHash: string
    response: unknown
    credentialName: string
    client: Client
  },
): Promise<{ secret: string; userId: Id<'usr'>; firstOwner: boolean }> {
  const { database, now, place } = ceremonies
  const link = await getRegistrationLink(database.read, request.token, now())
  const { registration, judgement, payload } = await verifyRegistrationCeremony(ceremonies, request)
  const { linkId, applicant, handle } = payload as { linkId: string; applicant: Applicant; handle: string }
  if (linkId !== link.id)
    throw new ProblemError(409, 'ceremony-over', 'This tap was made for another link.', {
      help: 'Open the link again.',
    })

  return database.write(async (tx) => {
    const at = now()
    await consumeRegistrationLink(tx, link.id, at)
    const user =
      link.userId === null
        ? await createUser(tx, { ...applicant, role: 'owner', createdBy: link.createdBy, webauthnHandle: handle, at })
        : await findUserById(tx, link.userId)
    if (user === undefined)
      throw new ProblemError(410, 'link-used', 'The person this link was made for is no longer here.')
    if (link.userId !== null) await endAllCredentials(tx, user.id, at)
    const record = await createCredentialRecord(tx, {
      userId: user.id,
      registration,
      judgement,
      rpId: place.rpId,
      name: request.credentialName,
      enrolledVia: link.purpose === 'setup' ? 'setup' : 'invitation',
      endorsedBy: null,
      // What came in by a link is worth no more than a passkey until somebody vouches for it (decision 8).
      strengthCap: link.purpose === 'setup' ? null : 'passkey',
      policy: ceremonies.policy,
      address: request.client.address,
      at,
    })
    if (link.purpose === 'setup') {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ setUpAt: at })
        .where('setUpAt', 'is', null)
        .executeTakeFirst()
      if (Number(numUpdatedRows) !== 1)
        throw new ProblemError(410, 'link-used', 'This instance already has its first owner.')
    }
    const strength = credentialStrength(record)
    const session = await createSession(tx, {
      userId: user.id,
      userGeneration: user.generation,
      credentialRecordId: record.id,
      strength,
      ...request.client,
      at,
    })
    await recordEvent(tx, {
      action: 'person.registered',
      actor: { id: user.id, method: 'link', strength },
      target: { kind: 'user', id: user.id },
      facts: {
        credential: record.name,
        credentialRecord: record.id,
        purpose: link.purpose,
        link: link.id,
        username: user.username,
      },
      personal: { displayName: user.displayName, email: user.email, address: request.client.address },
      at,
    })
    return { secret: session.secret, userId: user.id, firstOwner: link.purpose === 'setup' }
  })
}

/**
 * Consumes the ceremony, verifies what the authenticator made and judges what that proves of its model.
 * @throws 403 where the model is one that is not accepted
 */
export async function verifyRegistrationCeremony(
  { challenges, place, attestation, now }: Ceremonies,
  request: { ceremonyId: string; bindingHash: string; response: unknown },
): Promise<{
  registration: VerifiedRegistration
  judgement: AttestationJudgement
  userId: Id<'usr'> | null
  payload: unknown
}> {
  return withCeremonyProblems(async () => {
    const { clientDataJSON } = parseRegistrationResponse(request.response)
    const { challenge, userId, payload } = await challenges.consume({
      id: request.ceremonyId,
      kind: 'registration',
      bindingHash: request.bindingHash,
      clientDataJSON,
    })
    const registration = await verifyRegistration({
      response: request.response,
      expected: {
        challenge,
        origins: [place.origin],
        rpId: place.rpId,
        algorithms: COSE_ALGORITHMS,
        requireUserVerification: true,
      },
    })
    const { attestationObject } = registration
    const judgement = await attestation.judge({ attestationObject, registeredAt: now() })
    if (judgement.outcome === 'bad-status') throw modelRefused(judgement)
    return { registration, judgement, userId, payload }
  })
}

const modelRefused = ({ model, statuses }: AttestationJudgement): ProblemError =>
  new ProblemError(
    403,
    'model-refused',
    `Keys of the model “${model?.name ?? 'unknown'}” are not accepted here: their maker or FIDO reports ${statuses.join(', ')}.`,
    { help: 'Use a key of another model.' },
  )
