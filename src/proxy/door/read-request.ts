import type { IncomingMessage } from 'node:http'
import type { Route } from '../route.ts'
import type { ProxyRequest } from '../entry.ts'
import { readClient } from './client-address.ts'
import type { JudgedParts } from './judged-parts.ts'
import { readHost } from './read-host.ts'
import { readPath } from './read-path.ts'

/** Read and sound. */
export interface SoundRequest {
  request: ProxyRequest
  /** In digits; undefined where there is no body, or none of a length that was said before. */
  contentLength: string | undefined
  hasBody: boolean
}

export interface RefusedRequest {
  status: 400 | 405 | 411 | 421 | 431 | 508
  sentence: string
  help: string
  /** Where a browser finds what it meant. */
  location?: string
}

export interface ReadingParts {
  /** Of the instance: each route is reached by its scheme and port. */
  url: URL
  trustedProxies: readonly string[]
  judged: (route: Route) => JudgedParts
  via: string
}

export const writePlainly =
  'Write it plainly: without dots or slashes in disguise, and without anything to decode twice.'
export const meantPlainly = 'Send it as what it is meant as, without X-HTTP-Method-Override and its kind.'

const mostHeaders = 200
/** By which tools are told that a request is meant as another kind. */
export const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override']

/**
 * Reads a request for a route as strictly as any upstream might: what two servers could understand in two ways is
 * refused. Node's own parser has refused two lengths, a length beside a coding, folded lines and control characters.
 */
export function readRequest(
  route: Route,
  incoming: IncomingMessage,
  { url: instance, trustedProxies, judged, via }: ReadingParts,
): SoundRequest | RefusedRequest {
  const { method = '', headers, rawHeaders } = incoming
  if (rawHeaders.length > 2 * mostHeaders)
    return { status: 431, sentence: 'This request has too many headers.', help: 'Send fewer of them.' }
  const doubled = findDoubled(rawHeaders)
  if (doubled !== undefined)
    return {
      status: 400,
      sentence: `This request says twice what only counts once: ${doubled}.`,
      help: 'Send that header once.',
    }
  const named = readHost(headers.host ?? '', instance.protocol)
  if (named === undefined)
    return {
      status: 400,
      sentence: 'This request does not say which host it is for.',
      help: 'Open the address that people use there.',
    }
  if (method === 'TRACE' || method === 'CONNECT')
    return { status: 405, sentence: `${method} does not get through here.`, help: 'Send another kind of request.' }
  if (headers.via?.includes(via) === true)
    return {
      status: 508,
      sentence: 'This request came back to where it was: the tool behind this name leads here again.',
      help: 'Tell whoever runs it: its upstream has to be the tool itself.',
    }

  const client = readClient(incoming, trustedProxies)
  const authority = instance.port === '' ? route.host : `${route.host}:${instance.port}`
  const target = originForm(incoming.url ?? '', named.host, client.protocol)
  const path = target === undefined ? undefined : readPath(target)
  if (target === undefined || path === undefined)
    return {
      status: 400,
      sentence: 'This address cannot be read.',
      help: 'It must begin with / and hold no other host.',
    }
  if (named.isDotted || client.protocol !== instance.protocol || named.port !== instance.port)
    return {
      status: 421,
      sentence: `This tool is at ${instance.protocol}//${authority}.`,
      help: 'If a proxy stands in front, let it pass on Host and X-Forwarded-Proto.',
      ...(method === 'GET' || method === 'HEAD' ? { location: `${instance.protocol}//${authority}${target}` } : {}),
    }
  const { paths, methods } = judged(route)
  if (paths && path.isAmbiguous)
    return {
      status: 400,
      sentence: 'This address can be understood in two ways, and rules here depend on which.',
      help: writePlainly,
    }
  if (methods && overrides.some((name) => headers[name] !== undefined))
    return {
      status: 400,
      sentence: 'This request says that it is meant as another kind, and rules here depend on which.',
      help: meantPlainly,
    }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || incoming.httpVersion !== '1.1'))
    return { status: 400, sentence: 'This kind of body cannot be carried.', help: 'Send it with a length, or chunked.' }
  const length = headers['content-length']
  return {
    request: { method, path: path.path, url: target, headers, ...client, authority },
    contentLength: length,
    hasBody: coding !== undefined || (length !== undefined && !/^0*$/.test(length)),
  }
}

/** Of several, node shows one, and an upstream might go by another. */
function findDoubled(rawHeaders: readonly string[]): string | undefined {
  let hosts = 0
  let authorizations = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1
  }
  return hosts > 1 ? 'the host' : authorizations > 1 ? 'who asks' : undefined
}

/** RFC 9112 §3.2.2: a whole address counts where it names the same host; undefined where it does not. */
function originForm(target: string, host: string, protocol: string): string | undefined {
  if (target.startsWith('/')) return target
  const [, scheme = '', authority = '', rest = ''] = /^(https?:)\/\/([^/?#]*)(.*)$/i.exec(target) ?? []
  if (scheme.toLowerCase() !== protocol || readHost(authority)?.host !== host) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}
