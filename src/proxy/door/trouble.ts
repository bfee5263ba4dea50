import { ProblemError } from '../../http/problem.ts'
import { problem } from '../entry/answers.ts'
import { isForPerson } from '../entry/is-navigation.ts'
import { renderPage } from '../entry/render-page.ts'
import type { AnsweredHere, ProxyRequest } from '../entry.ts'
import type { RefusedRequest } from './read-request.ts'

/** What kept an upstream from answering, for whoever asked; what exactly it was stands in the log. */
export interface Trouble {
  status: 502 | 504
  code: 'upstream-down' | 'upstream-silent' | 'upstream-unreadable' | 'upstream-untrusted'
  sentence: string
}

const silent = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
])
const unreadable = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH|ERR_INVALID_CHAR|ERR_HTTP_INVALID)/
const untrusted = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/

export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error)
  if (silent.has(code)) return { status: 504, code: 'upstream-silent', sentence: 'It did not answer in time.' }
  if (unreadable.test(code))
    return { status: 502, code: 'upstream-unreadable', sentence: 'It answered with something that cannot be read.' }
  if (untrusted.test(code))
    return { status: 502, code: 'upstream-untrusted', sentence: 'It did not show a certificate that is trusted here.' }
  return { status: 502, code: 'upstream-down', sentence: 'It could not be reached.' }
}

export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause)
}

/** A page for people, a problem for programs. */
export function renderTrouble(name: string, { status, code, sentence }: Trouble, request: ProxyRequest): AnsweredHere {
  const title = `${name} does not answer`
  const help = 'Try again in a moment. If it stays like this, tell whoever runs it.'
  if (!isForPerson(request)) return problem(new ProblemError(status, code, `${title}: ${sentence}`, { help }))
  const again = request.method === 'GET' ? [{ label: 'Try again', href: request.url.replace(/^\/+/, '/') }] : []
  return renderPage({ status, title, sentences: [sentence, help], actions: again })
}

/** A proxy in front carries this tool, and somebody came past it. */
export function renderElsewhere(name: string, asked: Pick<ProxyRequest, 'headers'>): AnsweredHere {
  const title = `${name} is carried by the proxy in front of this instance.`
  if (isForPerson(asked))
    return renderPage({
      status: 421,
      title: `${name} is not reached this way`,
      sentences: ['The proxy in front of Postern carries it. Open the address that people use there.'],
    })
  return problem(
    new ProblemError(421, 'carried-elsewhere', title, {
      help: 'That proxy sends only what begins with /.postern/ here.',
    }),
  )
}

/** A name that leads here and is no tool's: a mistyped one, or one of a tool that has gone. A page for people alone. */
export function renderUnknownHost(origin: string, asked: Pick<ProxyRequest, 'headers'>): AnsweredHere | undefined {
  if (!isForPerson(asked)) return undefined
  return renderPage({
    status: 421,
    title: 'There is no tool at this address',
    sentences: ['It may be mistyped, or the tool has moved or gone.', `Your tools are listed at ${origin}.`],
    actions: [{ label: 'Open your tools', href: `${origin}/` }],
  })
}

export const noTool = (origin: string): RefusedRequest => ({
  status: 421,
  sentence: 'There is no tool at this name.',
  help: `Your tools are listed at ${origin}.`,
})

/** Where a page of another site asked for a connection. */
export const openToolItself = 'Open the tool itself, and do it there.'

/** What was not even read through: a page where a person would look at it, a problem for programs. */
export function renderRefused(
  { status, sentence, help, location }: RefusedRequest,
  asked: Pick<ProxyRequest, 'headers'>,
): AnsweredHere {
  const code = status === 421 ? 'wrong-host' : status === 508 ? 'loop' : 'bad-request'
  const answer = isForPerson(asked)
    ? renderPage({
        status,
        title: 'This address did not open',
        sentences: [sentence, help],
      })
    : problem(new ProblemError(status, code, sentence, { help }))
  if (location !== undefined) return { ...answer, status: 308, headers: { ...answer.headers, location } }
  // Whatever comes next on this connection may not begin where it seems to.
  return status === 400 || status === 431 ? { ...answer, headers: { ...answer.headers, connection: 'close' } } : answer
}
