import type { Attestation } from '../attestation/attestation.ts'
import type { AttestationJudgement } from '../attestation/judge-attestation.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { CredentialRecordTable, TableName } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { COSE_ALGORITHMS } from '../protocols/webauthn/cose.ts'
import { type Hint, renderCreationOptions } from '../protocols/webauthn/options.ts'
import { parseRegistrationResponse } from '../protocols/webauthn/response-json.ts'
import { type VerifiedRegistration, verifyRegistration } from '../protocols/webauthn/verify-registration.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { credentialStrength } from '../policy/strength.ts'
import { type Admission, findAdmission, type Opening } from './admission.ts'
import { withCeremonyProblems } from './ceremony-problem.ts'
import { checkLinkMaker } from './check-link-maker.ts'
import type { Challenges } from './challenges.ts'
import { createCredentialRecord, endAllCredentials, listCredentialRecords } from './credential-records.ts'
import { checkStillHere } from './ending/check-still-here.ts'
import { isOver } from './guests/is-over.ts'
import {
  consumeRegistrationLink,
  getRegistrationLink,
  linkProblem,
  makesOwner,
  type RegistrationLink,
  startsOver,
} from './registration-links.ts'
import { noteBrokenGlass } from './break-glass/on-registered.ts'
import { checkUpgrade } from './passwords/upgrade-link.ts'
import type { RecoveryStops } from './recovery/begin-recovery.ts'
import { checkRecoveryOpen, endByShell, noteRecovered } from './recovery/on-registered.ts'
import { createSession } from './sessions.ts'
import { checkUsername, createUser, findUserById, newWebauthnHandle, type User } from './users.ts'

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
  { database, now }: Pick<Ceremonies, 'database' | 'now'>,
  { link, given, admissions }: { link: RegistrationLink; given: Applicant; admissions: readonly Admission[] },
): Promise<{ user: User | null; applicant: Applicant }> {
  if (link.userId === null) {
    // Before a passkey is made: one for a name that is taken would stay behind in the authenticator.
    await checkUsername(database.read, given.username)
    if (makesOwner(link)) return { user: null, applicant: given }
    const { opening } = await getAdmission(admissions, database.read, link, now())
    return { user: null, applicant: { ...given, email: opening.email } }
  }
  const user = await findUserById(database.read, link.userId)
  if (user === undefined || user.state !== 'active' || isOver(user, now()))
    throw new ProblemError(410, 'link-used', 'The person this link was made for is no longer here.', {
      help: 'Ask whoever sent you the link.',
    })
  await checkLinkMaker(database.read, link, user, now())
  return { user, applicant: user }
}

/** Who lets in whom a link of nobody opens for. @throws 410 where nobody does, or not any more */
export async function getAdmission(
  admissions: readonly Admission[],
  db: Db<TableName>,
  link: Pick<RegistrationLink, 'id'>,
  at: number,
): Promise<{ admission: Admission; opening: Opening }> {
  const found = await findAdmission(admissions, db, { linkId: link.id, at })
  if (found === undefined) throw linkProblem('link-unknown', 'This link is not known here.')
  return found
}

/** Options for a first passkey made through a link. The link stays usable until a registration is finished. */
export async function beginRegistration(
  { database, challenges, place, now }: Ceremonies,
  request: {
    token: string
    applicant: Applicant
    bindingHash: string
    admissions: readonly Admission[]
    hint?: Hint | undefined
  },
) {
  const link = await getRegistrationLink(database.read, request.token, now())
  await checkRecoveryOpen(database.read, link, now())
  const { user, applicant } = await applicantOf(
    { database, now },
    { link, given: request.applicant, admissions: request.admissions },
  )
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
      hint: request.hint,
    }),
  }
}

const enrolledVia: Record<RegistrationLink['purpose'], CredentialRecordTable['enrolledVia']> = {
  setup: 'setup',
  'next-owner': 'invitation',
  rehome: 'invitation',
  invitation: 'invitation',
  upgrade: 'password',
  recovery: 'recovery',
  'break-glass': 'recovery',
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
    admissions: readonly Admission[]
    stops: RecoveryStops
  },
): Promise<{ secret: string; userId: Id<'usr'>; firstOwner: boolean }> {
  const { database, now, place } = ceremonies
  const link = await getRegistrationLink(database.read, request.token, now())
  await checkRecoveryOpen(database.read, link, now())
  const { registration, judgement, payload } = await verifyRegistrationCeremony(ceremonies, request)
  const { linkId, applicant, handle } = payload as { linkId: string; applicant: Applicant; handle: string }
  if (linkId !== link.id)
    throw new ProblemError(409, 'ceremony-over', 'This tap was made for another link.', {
      help: 'Open the link again.',
    })

  return database.write(async (tx) => {
    const at = now()
    // Their row before that of the link, as an end takes them.
    if (link.userId !== null) await checkStillHere(tx, link.userId)
    await consumeRegistrationLink(tx, link.id, at)
    const newcomer = { ...applicant, webauthnHandle: handle, at }
    const user =
      link.userId !== null
        ? await findUserById(tx, link.userId)
        : makesOwner(link)
          ? await createUser(tx, { ...newcomer, role: 'owner', createdBy: link.createdBy })
          : await admit(tx, { link, newcomer, admissions: request.admissions })
    if (user === undefined)
      throw new ProblemError(410, 'link-used', 'The person this link was made for is no longer here.', {
        help: 'Ask whoever sent you the link.',
      })
    if (link.purpose === 'upgrade') await checkUpgrade(tx, user.id)
    if (link.userId !== null) await checkLinkMaker(tx, link, user, at)
    await refuseBesidePasskey(tx, link, place.rpId)
    const ended = await endByShell(tx, request.stops, { link, user, at })
    if (link.userId !== null && startsOver(link)) await endAllCredentials(tx, user.id, at)
    const record = await createCredentialRecord(tx, {
      userId: user.id,
      registration,
      judgement,
      rpId: place.rpId,
      name: request.credentialName,
      enrolledVia: enrolledVia[link.purpose],
      endorsedBy: null,
      // What came in by a link is worth no more than a passkey until somebody vouches for it (decision 8).
      strengthCap: link.purpose === 'setup' ? null : 'passkey',
      policy: ceremonies.policy,
      address: request.client.address,
      at,
    })
    await endOtherLinks(tx, { userId: user.id, at })
    if (link.purpose === 'setup') {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ setUpAt: at })
        .where('setUpAt', 'is', null)
        .executeTakeFirst()
      if (Number(numUpdatedRows) !== 1)
        throw new ProblemError(410, 'link-used', 'This instance already has its first owner.', {
          help: 'Sign in, or ask that owner to invite you.',
        })
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
    if (link.purpose === 'recovery') await noteRecovered(tx, { link, record, at })
    else if (link.purpose === 'break-glass') await noteBrokenGlass(tx, { link, record, at })
    else
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
          ...ended,
        },
        personal: { displayName: user.displayName, email: user.email, address: request.client.address },
        at,
      })
    return { secret: session.secret, userId: user.id, firstOwner: link.purpose === 'setup' }
  })
}

/**
 * Made for somebody who had no passkey, a link must not outlive the day they got one by another way: whoever kept it
 * would take the account over. @throws 410
 */
async function refuseBesidePasskey(tx: Tx<TableName>, link: RegistrationLink, rpId: string): Promise<void> {
  if (link.userId === null || (link.purpose !== 'invitation' && link.purpose !== 'rehome')) return
  const records = await listCredentialRecords(tx, link.userId)
  if (records.some((record) => record.rpId === rpId))
    throw new ProblemError(410, 'link-used', 'Whoever this link was made for has a passkey by now.', {
      help: 'Sign in with it.',
    })
}

/** What was still out for them when they came in. */
const endOtherLinks = (tx: Tx<'registrationLink'>, { userId, at }: { userId: Id<'usr'>; at: number }) =>
  tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', userId)
    .where('consumedAt', 'is', null)
    .where('purpose', '!=', 'break-glass')
    .execute()

/** Before the passkey is kept, so that the rules of the groups they come into judge it already. */
async function admit(
  tx: Tx<TableName>,
  {
    link,
    newcomer,
    admissions,
  }: {
    link: RegistrationLink
    newcomer: Applicant & { webauthnHandle: string; at: number }
    admissions: readonly Admission[]
  },
): Promise<User> {
  const { at } = newcomer
  const { admission, opening } = await getAdmission(admissions, tx, link, at)
  const { email, role, createdBy, endsAt, sponsorId } = opening
  const user = await createUser(tx, { ...newcomer, email, role, createdBy, endsAt, sponsorId })
  await admission.welcome(tx, { linkId: link.id, user, at })
  return user
}

/**
 * Consumes the ceremony, verifies what the authenticator made and judges what that proves of its model.
 * @throws 403 where the model is one that is not accepted
 */
export async function verifyRegistrationCeremony(
  { challenges, place, attestation, now }: Ceremonies,
  request: { ceremonyId: string; bindingHash: string; response: unknown; isConditional?: true },
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
    // Remembered where it was issued: a challenge for a person who taps never takes a passkey that nobody tapped for.
    const isConditional = isIssuedConditional(payload)
    if (isConditional !== (request.isConditional ?? false))
      throw new ProblemError(409, 'ceremony-over', 'This was begun for something else.', { help: 'Start it again.' })
    const registration = await verifyRegistration({
      response: request.response,
      expected: {
        challenge,
        origins: [place.origin],
        rpId: place.rpId,
        algorithms: COSE_ALGORITHMS,
        requireUserVerification: true,
        isConditional,
      },
    })
    const { attestationObject } = registration
    const judgement = await attestation.judge({ attestationObject, registeredAt: now() })
    if (judgement.outcome === 'bad-status') throw modelRefused(judgement)
    return { registration, judgement, userId, payload }
  })
}

const isIssuedConditional = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'isConditional' in payload && payload.isConditional === true

const modelRefused = ({ model, statuses }: AttestationJudgement): ProblemError =>
  new ProblemError(
    403,
    'model-refused',
    `Keys of the model “${model?.name ?? 'unknown'}” are not accepted here: their maker or FIDO reports ${statuses.join(', ')}.`,
    { help: 'Use a key of another model.' },
  )
