import { type Static } from 'typebox'
import { findApplicationBySlug } from '../applications/application.ts'
import type { UseVerdict } from '../applications/judge-use.ts'
import type { Database, Db } from '../database/handles.ts'
import type { Strength } from '../database/schema.ts'
import type { App } from '../http/app.ts'
import { conflict, notFound } from '../http/problem.ts'
import { getPerson, type SessionCaller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import { judgeAsked } from './judge-asked.ts'
import { signOn } from './openid/sign-on-grants.ts'
import { refusedAddress } from './openid/refused-address.ts'
import type { OpenQuestion, SignOnQuestions } from './openid/sign-on-questions.ts'
import { mountPath } from './provider-settings.ts'
import { Onward } from './shapes.ts'
import { AskedAnswer, AskedStanding, SignOnStanding } from './sign-on-shapes.ts'

/** What keeps somebody from the application that they want to open, for the page that says so. */
export function signOnStandingRoutes(
  app: App,
  parts: { database: Database; policy: PolicyInForce; questions: SignOnQuestions; origin: string; now: () => number },
): void {
  const { database, policy, questions, origin, now } = parts

  app.get('/api/v1/sign-on/standing', {
    config: { access: 'person' },
    schema: { querystring: AskedStanding, response: { 200: SignOnStanding } },
    async handler(request, reply) {
      const caller = getPerson(request)
      const question = await questions.readReturn(request, reply, request.query.returnTo)
      if (question !== undefined) return ofQuestion(database.read, caller, question)
      return ofUse(caller, request.query, request.ip)
    },
  })

  app.post('/api/v1/sign-on/consent', {
    config: { access: 'person' },
    schema: { body: AskedAnswer, response: { 200: Onward } },
    async handler(request, reply) {
      const question = await questions.readReturn(request, reply, request.body.returnTo)
      if (question === undefined) throw notFound('This application')
      const { verdict, client, returnTo } = question
      if (verdict.outcome === 'consent') {
        const { caller, scopes, recorded } = verdict
        await signOn(database, { caller, client, scopes, recorded, at: now() })
      }
      if (verdict.outcome !== 'consent' && verdict.outcome !== 'go')
        throw conflict('not-yet', 'Something else is missing first.', { help: 'Open the application again.' })
      return { returnTo: verdict.outcome === 'consent' ? questions.consented(request, reply, question) : returnTo }
    },
  })

  app.post('/api/v1/sign-on/refusal', {
    config: { access: 'person' },
    schema: { body: AskedAnswer, response: { 200: Onward } },
    async handler(request, reply) {
      const question = await questions.readReturn(request, reply, request.body.returnTo)
      const returnTo = question && refusedAddress(question, `${origin}${mountPath}`)
      if (returnTo === undefined) throw notFound('This application')
      return { returnTo }
    },
  })

  /** For whoever asks by other ways than OpenID Connect. */
  async function ofUse(
    caller: SessionCaller,
    { application: slug = '', returnTo, strength, tappedAfter }: Static<typeof AskedStanding>,
    address: string,
  ): Promise<SignOnStanding> {
    const application = await findApplicationBySlug(database.read, slug)
    if (application === undefined) throw notFound('This application')
    const asked = {
      ...(isStrength(strength) ? { strength } : {}),
      ...(tappedAfter === undefined ? {} : { tappedAfter: Number(tappedAfter) }),
    }
    const verdict = await judgeAsked({ database, policy }, { caller, application, address, asked }, now())
    const view = { application, returnTo: ownPath(returnTo), scopes: [], isThirdParty: false, goesTo: null }
    if (verdict.outcome !== 'allow') return ofVerdict(database.read, caller, view, verdict)
    return { ...nothingMissing(view), outcome: 'go' }
  }

  const ownPath = (returnTo: string): string => {
    const url = URL.parse(returnTo, origin)
    if (url?.origin !== origin || !/^\/(saml|oidc)\//.test(url.pathname)) throw notFound('This application')
    return `${url.pathname}${url.search}`
  }
}

const isStrength = (text: string | undefined): text is Strength =>
  text === 'passkey' || text === 'device-bound' || text === 'attested'

type View = Pick<SignOnStanding, 'returnTo' | 'scopes' | 'isThirdParty' | 'goesTo'> & {
  application: { name: string; description: string }
}

const nothingMissing = ({ application: { name, description }, ...view }: View) => ({
  ...view,
  application: { name, description },
  sentence: null,
  help: null,
  hasKey: true,
  strength: null,
})

async function ofQuestion(
  db: Db<'credentialRecord'>,
  caller: SessionCaller,
  { client, parameters, verdict, returnTo }: OpenQuestion,
): Promise<SignOnStanding> {
  const { redirectUris, isThirdParty } = client.settings
  const to = parameters.get('redirect_uri') ?? ''
  const view = {
    application: client.application,
    returnTo,
    scopes: verdict.outcome === 'consent' ? [...verdict.scopes, ...toldGroups(client.settings)] : [],
    isThirdParty,
    goesTo: redirectUris.includes(to) ? (URL.parse(to)?.host ?? null) : null,
  }
  if (verdict.outcome === 'step-up' || verdict.outcome === 'deny') return ofVerdict(db, caller, view, verdict)
  // What nothing here helps with, the application itself is told.
  return { ...nothingMissing(view), outcome: verdict.outcome === 'consent' ? 'consent' : 'go' }
}

const toldGroups = ({ groups }: { groups: string }): string[] => (groups === 'none' ? [] : ['groups'])

async function ofVerdict(
  db: Db<'credentialRecord'>,
  caller: SessionCaller,
  view: View,
  verdict: Exclude<UseVerdict, { outcome: 'allow' }>,
): Promise<SignOnStanding> {
  const { sentence } = verdict
  if (verdict.outcome === 'deny')
    return { ...nothingMissing(view), outcome: 'deny', sentence, help: verdict.help, hasKey: false }
  const { strength } = verdict.requires
  const keys = await db
    .selectFrom('credentialRecord')
    .select(['backupEligible', 'attestationOutcome', 'strengthCap'])
    .where('userId', '=', caller.id)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    .execute()
  const hasKey = keys.some((key) => isAtLeast(credentialStrength(key), strength))
  return { ...nothingMissing(view), outcome: verdict.kind, sentence, hasKey, strength }
}
