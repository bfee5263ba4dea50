import type { OutgoingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import type { Provider } from 'oidc-provider'
import { http } from '../http/node-http.ts'
import { type Asking, asking } from './asking.ts'
import { mountPath } from './provider-settings.ts'

export interface ProviderRequest {
  method: 'GET' | 'POST'
  /** Below where it is mounted, with its query. */
  url: string
  /** Nothing else of what came reaches it. */
  headers: { accept?: string; cookie?: string; authorization?: string; 'content-type'?: string }
  body: string
  asked: Asking
}

export interface ProviderAnswer {
  status: number
  headers: OutgoingHttpHeaders
  body: string
}

/**
 * Hands a request on that was read and judged before: our own limits, headers and errors hold for the answer as for
 * every other. `origin` is ours, whatever the request said.
 */
export async function callProvider(
  provider: Provider,
  origin: string,
  { method, url, headers, body, asked }: ProviderRequest,
): Promise<ProviderAnswer> {
  const { host, protocol } = new URL(origin)
  const socket = Object.assign(new Socket(), { encrypted: protocol === 'https:' })
  const request = new http.IncomingMessage(socket)
  const given = { host, ...headers, ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }) }
  Object.assign(request, { method, url, originalUrl: `${mountPath}${url}`, headers: given })
  request.push(body)
  request.push(null)
  const response = new http.ServerResponse(request)
  const answered = new Promise<string>((resolve) => {
    response.end = ((chunk?: unknown) => {
      resolve(chunk instanceof Buffer ? chunk.toString() : typeof chunk === 'string' ? chunk : '')
      return response
    }) as typeof response.end
  })
  const handle = provider.callback()
  await asking.run(asked, () => handle(request, response))
  const text = await answered
  return { status: response.statusCode, headers: response.getHeaders(), body: text }
}
