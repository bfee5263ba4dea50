import { hash } from 'node:crypto'
import type { UseVerdict } from '../../applications/judge-use.ts'
import type { NoteRefusal } from '../../applications/note-refusals.ts'
import type { RecordedDecision } from '../../audit/decision.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { actorOf, type SessionCaller } from '../../identity/caller.ts'
import { checkStillHere } from '../../identity/ending/check-still-here.ts'
import { statuses } from '../../protocols/saml/names.ts'
import { type Answered, renderFailure, renderResponse } from '../../protocols/saml/render-response.ts'
import { SamlError } from '../../protocols/saml/saml-error.ts'
import { readPersonFacts } from './person-facts.ts'
import { attributesOf, nameIdOf } from './person-names.ts'
import { RequestRefused } from './read-request.ts'
import { forgetRequest, type SamlRequest, takeRequest } from './requests.ts'
import type { ServiceProvider } from './service-providers.ts'
import type { SamlKeys } from './signing-keys.ts'

/** A message on its way through the browser. */
export interface Outgoing {
  /** As people call it. */
  to: string
  acsUrl: string
  xml: string
  relayState: string | null
}

export interface AnswerParts {
  database: Database
  keys: SamlKeys
  pseudonymKey: string
  entityId: string
  noteRefusal: NoteRefusal
  now: () => number
}

/** Where an answer goes: in reply to a request, or where nobody asked, to the first place that is registered. */
interface To {
  provider: ServiceProvider
  request: SamlRequest | null
}

/**
 * Says who came. The request is used up and the sign-on recorded in one transaction, in which its person still is here.
 * @throws RequestRefused where somebody was quicker, or where there is no name to call them by
 */
export async function answerWith(
  parts: AnswerParts,
  { provider, request }: To,
  { caller, context, recorded }: { caller: SessionCaller; context: string; recorded: RecordedDecision },
): Promise<Outgoing> {
  const { database, pseudonymKey, now } = parts
  const { application, settings } = provider
  const person = await readPersonFacts(database.read, caller.id, application)
  const wanted = { ...settings, nameId: request?.asked.nameId ?? settings.nameId }
  const nameId = nameIdOf(person, wanted, pseudonymKey)
  if (nameId === undefined) throw new RequestRefused('no-address', 'no proven address', application.slug)
  const { expiresAt } = await database.read
    .selectFrom('session')
    .select('expiresAt')
    .where('id', '=', caller.by.sessionId)
    .executeTakeFirstOrThrow()
  const outgoing = await renderTo(parts, { provider, request }, (to) =>
    renderResponse(to, {
      nameId,
      authenticatedAt: caller.authenticatedAt,
      context,
      sessionIndex: sessionIndexOf(caller.by.sessionId, application.id),
      sessionEndsAt: expiresAt,
      attributes: attributesOf(person, settings.attributes),
    }),
  )
  await database.write(async (tx) => {
    const at = now()
    await checkStillHere(tx, caller.id)
    if (request !== null && !(await takeRequest(tx, request.id, at)))
      throw new RequestRefused('used', 'answered meanwhile', application.slug)
    await recordEvent(tx, {
      action: 'application.opened',
      actor: actorOf(caller),
      target: { kind: 'application', id: application.id },
      facts: { application: application.name, by: 'saml', context, begun: request === null ? 'here' : 'there' },
      decision: recorded,
      personal: { address: caller.address },
      at,
    })
  })
  return outgoing
}

/** Why nobody comes, for the application; a person is told on a page of ours. */
export type Failure = 'no-passive' | 'no-context' | 'denied'

const failures = {
  'no-passive': [statuses.responder, statuses.noPassive, 'Nobody could be signed in without being asked.'],
  'no-context': [statuses.responder, statuses.noAuthnContext, 'Nobody could sign in in the way that was asked for.'],
  denied: [statuses.responder, statuses.requestDenied, 'It is not open to whoever is signed in.'],
} as const

/** @throws RequestRefused where somebody was quicker */
export async function answerFailure(
  parts: AnswerParts,
  to: To & { request: SamlRequest },
  { why, isOfStranger }: { why: Failure; isOfStranger: boolean },
): Promise<Outgoing> {
  const [status, detail, message] = failures[why]
  const outgoing = await renderTo(parts, to, (answered) => renderFailure(answered, { status, detail, message }))
  const { id } = to.request
  const isFirst = await parts.database.write((tx) =>
    isOfStranger ? forgetRequest(tx, id) : takeRequest(tx, id, parts.now()),
  )
  if (!isFirst) throw new RequestRefused('used', 'answered meanwhile', to.provider.application.slug)
  return outgoing
}

/** Somebody whom no tap helps: told on our page, and remembered. */
export async function recordDenied(
  { database, noteRefusal, now }: Pick<AnswerParts, 'database' | 'noteRefusal' | 'now'>,
  { provider: { application }, request }: To,
  { caller, verdict }: { caller: SessionCaller; verdict: UseVerdict & { outcome: 'deny' } },
): Promise<void> {
  const isFirst = request === null || (await database.write((tx) => takeRequest(tx, request.id, now())))
  if (isFirst) await noteRefusal(application, caller, { ...verdict, address: caller.address })
}

async function renderTo(
  { keys, entityId, now }: AnswerParts,
  { provider: { application, settings }, request }: To,
  render: (to: Answered) => string,
): Promise<Outgoing> {
  const acsUrl = request?.asked.acsUrl ?? settings.acsUrls[0] ?? ''
  const to: Answered = {
    issuer: entityId,
    acsUrl,
    audience: settings.entityId,
    inResponseTo: request?.requestId ?? null,
    at: now(),
    signer: await keys.signer(),
    signResponse: settings.signResponse,
  }
  try {
    const relayState = request === null ? settings.defaultRelayState || null : request.relayState
    return { to: application.name, acsUrl, xml: render(to), relayState }
  } catch (error) {
    if (error instanceof SamlError) throw new RequestRefused('not-understood', error.message)
    throw error
  }
}

/** The same as long as the session here lasts; tells nobody which session that is, nor two applications that it is one. */
const sessionIndexOf = (sessionId: Id<'ses'>, applicationId: Id<'app'>): string =>
  `_${hash('sha256', `${sessionId}\n${applicationId}`, 'hex').slice(0, 40)}`
