import { type Outbound, OutboundError } from '../../outbound/outbound.ts'

/** What `openid-client` and `jose` hand to a fetch of one's own. */
interface FetchOptions {
  method?: string
  headers?: Headers | Record<string, string>
  body?: unknown
}

/** More than any honest discovery document, key set, token response or user info. */
const maxBytes = 256 * 1024

/**
 * A fetch that leaves the house through `outbound/` alone: no private address, no redirect, an end in time and size.
 * @param timeoutMs of one request, whole
 */
export const createFetch =
  (outbound: Outbound, timeoutMs = 8_000) =>
  async (url: string, options: FetchOptions): Promise<Response> => {
    const { status, headers, body, isCut } = await outbound.request(url, {
      method: options.method ?? 'GET',
      headers: Object.fromEntries(new Headers(options.headers)),
      ...(options.body === undefined || options.body === null ? {} : { body: asText(options.body) }),
      timeoutMs,
      maxResponseBytes: maxBytes,
    })
    const { host } = new URL(url)
    if (isCut) throw new OutboundError('broken-off', `${host} answered with more than ${maxBytes / 1024} kilobytes.`)
    if (status >= 300 && status < 400)
      throw new OutboundError('bad-url', `${host} leads somewhere else, and that is not followed.`)
    return new Response(new Uint8Array(body), { status, headers })
  }

function asText(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('only text and forms are sent')
}
