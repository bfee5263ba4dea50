import type { FastifyReply, FastifyRequest } from 'fastify'
import type { NoteRefusal } from '../../applications/note-refusals.ts'
import type { Database } from '../../database/handles.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { bindBrowser } from '../../identity/browser-cookies.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { pickParameters } from '../known-parameters.ts'
import { mountPath } from '../provider-settings.ts'
import { stepUpPage } from '../step-up-page.ts'
import { readAskedProof } from './asked-proof.ts'
import type { AskedMarks } from './asked-mark.ts'
import type { ClientCache } from './client-cache.ts'
import type { OpenidClient } from './find-client.ts'
import { judgeSignOn, type SignOnVerdict } from './judge-sign-on.ts'
import type { SignOnContext } from './sign-on-context.ts'

/** Beside the parameters of OpenID Connect, in our own addresses alone: when it was asked, and when they said yes. */
const markParameter = 'postern_asked'
const yesParameter = 'postern_yes'

export interface OpenQuestion {
  client: OpenidClient
  parameters: URLSearchParams
  verdict: SignOnVerdict
  /** Where the browser goes with it, now or when nothing is missing any more. */
  returnTo: string
}

export interface SignOnQuestions {
  /** The question of an application that this request brings; undefined where it is no application’s. */
  read(request: FastifyRequest, reply: FastifyReply, given: URLSearchParams): Promise<OpenQuestion | undefined>
  /** The same from an address of ours that leads back to it. */
  readReturn(request: FastifyRequest, reply: FastifyReply, returnTo: string): Promise<OpenQuestion | undefined>
  /** For the provider, which answers it. */
  context(question: OpenQuestion): SignOnContext
  /** Where the browser goes on once its person has said yes to it. */
  consented(request: FastifyRequest, reply: FastifyReply, question: OpenQuestion): string
  noteRefusal(request: FastifyRequest, question: OpenQuestion): Promise<void>
}

export function createSignOnQuestions(parts: {
  database: Database
  policy: PolicyInForce
  clients: ClientCache
  marks: AskedMarks
  cookies: CookieNames
  noteRefusal: NoteRefusal
  origin: string
  now: () => number
}): SignOnQuestions {
  const { clients, marks, cookies, noteRefusal, origin, now } = parts

  async function read(
    request: FastifyRequest,
    reply: FastifyReply,
    given: URLSearchParams,
  ): Promise<OpenQuestion | undefined> {
    const client = await clients.find(given.get('client_id') ?? '')
    const parameters = pickParameters('/oidc/auth', given)
    if (client === undefined || parameters === undefined) return undefined
    const question = { browserHash: bindBrowser(request, reply, cookies), parameters }
    const at = now()
    const askedAt = marks.read(given.get(markParameter), question, at)
    const yes = { ...question, browserHash: yesOf(request, question.browserHash) }
    const hasConsented = marks.read(given.get(yesParameter), yes, at) !== null
    const verdict = await judgeSignOn(
      parts,
      { client, caller: request.caller, parameters, address: request.ip, askedAt, hasConsented },
      at,
    )
    const query = new URLSearchParams(parameters)
    if (askedAt !== null || verdict.outcome !== 'go') query.set(markParameter, marks.make(question, askedAt ?? at))
    return { client, parameters, verdict, returnTo: `${mountPath}/auth?${query.toString()}` }
  }

  return {
    read,
    async readReturn(request, reply, returnTo) {
      const url = URL.parse(returnTo, origin)
      if (url?.origin !== origin || url.pathname !== `${mountPath}/auth`) return undefined
      return read(request, reply, url.searchParams)
    },
    context: ({ client, parameters, verdict, returnTo }) => ({
      client,
      verdict,
      isSilent: readAskedProof(parameters).isSilent,
      page: stepUpPage({ application: client.application.slug, returnTo }),
    }),
    consented(request, reply, { parameters, returnTo }) {
      const browserHash = yesOf(request, bindBrowser(request, reply, cookies))
      return `${returnTo}&${yesParameter}=${marks.make({ browserHash, parameters }, now())}`
    },
    async noteRefusal({ caller, ip }, { client: { application }, verdict }) {
      if (verdict.outcome !== 'deny' || caller === undefined) return
      await noteRefusal(application, caller, { ...verdict, address: ip })
    },
  }
}

/** A yes is one person’s, in one session of theirs; nobody else who sits there later has said it. */
const yesOf = ({ caller }: FastifyRequest, browserHash: string): string =>
  `yes ${caller?.by.kind === 'session' ? caller.by.sessionId : ''} ${browserHash}`
