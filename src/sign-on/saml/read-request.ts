import type { Db } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { nameIdFormats } from '../../protocols/saml/names.ts'
import { type AuthnRequest, parseAuthnRequest } from '../../protocols/saml/parse-authn-request.ts'
import type { Carried } from '../../protocols/saml/read-bindings.ts'
import { SamlError } from '../../protocols/saml/saml-error.ts'
import { verifyRedirect } from '../../protocols/saml/verify-redirect.ts'
import { knownContexts } from './authn-context.ts'
import type { SignOnProblem } from '../step-up-page.ts'
import type { SamlRequest } from './requests.ts'
import type { FullSettings } from './saml-settings.ts'
import { findByEntityId } from './service-providers.ts'

/** Why a request gets no answer at all: whoever it names has not shown that it is theirs. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly problem: SignOnProblem
  /** Short name, once it is known. */
  readonly application: string | undefined

  constructor(problem: SignOnProblem, why: string, application?: string) {
    super(why)
    this.problem = problem
    this.application = application
  }
}

const oldestMs = 5 * 60_000
const skewMs = 2 * 60_000

/**
 * What is asked, by whom, and where the answer goes: never anywhere but where an administrator has registered it.
 * @throws RequestRefused
 */
export async function readRequest(
  db: Db<TableName>,
  carried: Carried,
  { ssoUrl, at }: { ssoUrl: string; at: number },
): Promise<Omit<SamlRequest, 'id' | 'receivedAt'>> {
  const request = understand(() => parseAuthnRequest(carried.xml))
  const provider = await findByEntityId(db, request.issuer)
  if (provider === undefined) throw new RequestRefused('unknown-application', `nobody here is ${request.issuer}`)
  const { application, settings } = provider
  const refuse = (problem: SignOnProblem, why: string) => new RequestRefused(problem, why, application.slug)
  const isSigned = checkSignature(carried, settings, (why) => refuse('bad-signature', why))
  const isForHere = request.destination === ssoUrl || (request.destination === null && !settings.requireSignedRequests)
  if (!isForHere) throw refuse('not-understood', `meant for ${String(request.destination)}`)
  if (request.issuedAt < at - oldestMs || request.issuedAt > at + skewMs)
    throw refuse('too-old', `made at ${new Date(request.issuedAt).toISOString()}`)
  const acsUrl = pickAcs(request, settings)
  if (acsUrl === undefined)
    throw refuse('wrong-return', `the answer would go to ${request.acsUrl ?? String(request.acsIndex)}`)
  const nameId = pickNameId(request.nameIdFormat, settings, isSigned)
  if (nameId === undefined) throw refuse('other-name', `it asks for names as ${String(request.nameIdFormat)}`)
  const { forceAuthn, isPassive, requestedContext } = request
  return {
    applicationId: application.id,
    requestId: request.id,
    relayState: carried.relayState,
    asked: { acsUrl, forceAuthn, isPassive, nameId, requestedContext: onlyKnown(requestedContext) },
  }
}

/** What stays with us until its person has signed in, and anybody may leave it here: no word of theirs is kept. */
const onlyKnown = (requested: AuthnRequest['requestedContext']): AuthnRequest['requestedContext'] =>
  requested && {
    ...requested,
    classes: [...new Set(requested.classes)].filter((context) => Object.hasOwn(knownContexts, context)),
  }

/** What cannot be read is refused in one word; what stood there is for the log. @throws RequestRefused */
export function understand<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof SamlError) throw new RequestRefused('not-understood', `${error.code}: ${error.message}`)
    throw error
  }
}

/** Only the signature beside a message counts, so where one is demanded it comes by the Redirect binding. Whether there is a good one. */
function checkSignature(
  carried: Carried,
  { certificate, requireSignedRequests }: FullSettings,
  refuse: (why: string) => RequestRefused,
): boolean {
  if (certificate === null || (carried.signed === null && !requireSignedRequests)) return false
  try {
    verifyRedirect(carried, certificate)
    return true
  } catch (error) {
    if (error instanceof SamlError) throw refuse(error.message)
    throw error
  }
}

/** By number only where there is one to choose from: which number an address has, nobody has said here. */
function pickAcs({ acsUrl, acsIndex }: AuthnRequest, { acsUrls }: FullSettings): string | undefined {
  if (acsUrl !== null) return acsUrls.find((url) => url === acsUrl)
  return acsIndex === null || acsUrls.length === 1 ? acsUrls[0] : undefined
}

/**
 * Null where the settings say; undefined where it wants another. A pseudonym says less than any other name, so the
 * application itself may ask for one. Without a signature whoever brings the request may have asked, to come as somebody
 * whom nobody there knows.
 */
function pickNameId(
  format: string | null,
  { nameId }: FullSettings,
  isSigned: boolean,
): 'persistent' | 'transient' | null | undefined {
  if (format === null || format === nameIdFormats.unspecified) return null
  if (nameId !== 'username' && format === nameIdFormats[nameId]) return null
  if (isSigned && format === nameIdFormats.persistent) return 'persistent'
  if (isSigned && format === nameIdFormats.transient) return 'transient'
  return undefined
}
