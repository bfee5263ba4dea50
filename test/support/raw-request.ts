import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** One request with exactly these headers, `Host` included, as no browser would let a page send it. */
export async function rawRequest(
  origin: string,
  given: { method?: string; path: string; headers?: OutgoingHttpHeaders; body?: string },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const { method = 'GET', path, body } = given
    const headers = { ...given.headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) }
    const sent = request({ hostname, port, method, path, headers, agent: false }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) })
    })
    sent.on('error', reject).end(body)
  })
}
