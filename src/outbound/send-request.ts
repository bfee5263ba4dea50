import type { ClientRequest, IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { CompactBytes } from '../http/compact-bytes.ts'
import { http, https } from '../http/node-http.ts'
import { type OutboundAnswer, OutboundError } from './outbound-error.ts'

export interface OutboundOptions {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** From the first look-up to the last byte. */
  timeoutMs: number
  /** What comes after these is not read; the answer counts as whole, and says that it is cut. */
  maxResponseBytes: number
  signal?: AbortSignal
}

/** One request on a connection of its own. @throws OutboundError */
export function sendRequest(url: URL, options: OutboundOptions & { lookup: LookupFunction }): Promise<OutboundAnswer> {
  const { timeoutMs, maxResponseBytes, signal, lookup, body } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  const both = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  const fail = (error: unknown, answer?: OutboundAnswer): OutboundError => {
    if (error instanceof OutboundError) return error
    if (signal?.aborted) return new OutboundError('aborted', 'This server stopped in the middle of it.')
    const more = { cause: error, ...(answer === undefined ? {} : { answer }) }
    if (deadline.aborted)
      return new OutboundError(
        'timed-out',
        `${url.host} gave no whole answer within ${timeoutMs / 1000} seconds.`,
        more,
      )
    if (answer !== undefined)
      return new OutboundError('broken-off', `${url.host} stopped in the middle of its answer.`, more)
    return explain(url, error)
  }
  return new Promise((resolve, reject) => {
    let sent: ClientRequest
    try {
      sent = (url.protocol === 'https:' ? https : http).request(url, {
        method: options.method ?? 'GET',
        headers: { ...options.headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        // A connection of its own: none that was opened before this look-up.
        agent: false,
        lookup,
        signal: both,
      })
    } catch (error) {
      reject(fail(error))
      return
    }
    let isAnswered = false
    sent.on('error', (error) => {
      // From then on the answer itself says how it ends.
      if (!isAnswered) reject(fail(error))
    })
    sent.on('response', (response) => {
      isAnswered = true
      readAnswer(response, maxResponseBytes, resolve, (error, answer) => reject(fail(error, answer)))
    })
    sent.end(body)
  })
}

/** An answer that is read as it comes. */
export interface OpenAnswer {
  status: number
  headers: [name: string, value: string][]
  /** To be read to its end or destroyed. */
  body: IncomingMessage
}

/** The same for what is too large to be held: `timeoutMs` until the answer begins, `idleMs` between its bytes. */
export function openRequest(
  url: URL,
  options: { headers?: Record<string, string>; timeoutMs: number; idleMs: number; signal: AbortSignal } & {
    lookup: LookupFunction
  },
): Promise<OpenAnswer> {
  const { headers, timeoutMs, idleMs, signal, lookup } = options
  return new Promise((resolve, reject) => {
    const late = new OutboundError('timed-out', `${url.host} gave no answer within ${timeoutMs / 1000} seconds.`)
    const fail = (cause: unknown): void => reject(cause instanceof OutboundError ? cause : explain(url, cause))
    let sent: ClientRequest
    try {
      sent = (url.protocol === 'https:' ? https : http).request(url, { headers, agent: false, lookup, signal })
    } catch (error) {
      return fail(error)
    }
    const timer = setTimeout(() => sent.destroy(late), timeoutMs)
    sent.on('error', fail)
    sent.once('close', () => clearTimeout(timer))
    sent.once('response', (body) => {
      clearTimeout(timer)
      const idle = new OutboundError('broken-off', `${url.host} stopped in the middle of its answer.`)
      body.setTimeout(idleMs, () => body.destroy(idle))
      resolve({ status: body.statusCode ?? 0, headers: pairs(body.rawHeaders), body })
    })
    sent.end()
  })
}

function readAnswer(
  response: IncomingMessage,
  maxBytes: number,
  done: (answer: OutboundAnswer) => void,
  failed: (error: unknown, answer: OutboundAnswer) => void,
): void {
  const body = new CompactBytes()
  const answer = (isCut: boolean): OutboundAnswer => ({
    status: response.statusCode ?? 0,
    headers: pairs(response.rawHeaders),
    body: body.bytes(),
    isCut,
  })
  response.on('data', (part: Buffer) => {
    const isTooLong = body.length + part.length > maxBytes
    body.add(part, maxBytes)
    if (!isTooLong) return
    done(answer(true))
    response.destroy()
  })
  response.on('end', () => done(answer(false)))
  response.on('error', (error) => failed(error, answer(true)))
  response.on('close', () => failed(new Error('closed before its end'), answer(true)))
}

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? '']] : []))

/** What went wrong before there was an answer, in a sentence. */
function explain({ host }: URL, cause: unknown): OutboundError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (/^ERR_(INVALID_CHAR|HTTP_INVALID|INVALID_HTTP)/.test(code))
    return new OutboundError('bad-url', 'This request cannot be written as HTTP.', { cause })
  if (code === 'EPROTO') return new OutboundError('tls', `${host} does not speak TLS as this server does.`, { cause })
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return new OutboundError('tls', `${host} shows a certificate that this server does not trust (${code}).`, { cause })
  const said: Record<string, string> = {
    ECONNREFUSED: 'refuses the connection',
    ECONNRESET: 'broke the connection off',
    EHOSTUNREACH: 'cannot be reached from here',
    ENETUNREACH: 'cannot be reached from here',
    ETIMEDOUT: 'does not answer',
  }
  const isHttp = code.startsWith('HPE_')
  const words = isHttp ? 'does not answer in HTTP' : (said[code] ?? 'could not be reached')
  return new OutboundError('unreachable', `${host} ${words}.`, { cause })
}
