import { MAX_BLOB_BYTES } from '../protocols/webauthn/metadata-blob.ts'

const TIMEOUT_MS = 60_000
const MAX_REDIRECTS = 3

/**
 * Fetches a metadata blob: within a minute, at most 20 MB, redirected only within its own origin, without anything that
 * says who asks. @throws Error with a sentence for the operator
 */
export async function fetchMetadata(url: URL, signal: AbortSignal): Promise<string> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  let address = url
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await get(address, within)
    if (response.status < 300 || response.status >= 400) return readBody(response, url)
    await response.body?.cancel()
    address = new URL(response.headers.get('location') ?? '', address)
    if (address.origin !== url.origin)
      throw new Error(`${url.host} leads on to ${address.host}, which was not asked for. Set the final address.`)
  }
  throw new Error(`${url.host} only ever leads on to other addresses.`)
}

async function get(address: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'manual', signal, headers: { accept: '*/*' } })
  } catch (cause) {
    throw new Error(`${address.host} does not answer.`, { cause })
  }
}

async function readBody(response: Response, { host }: URL): Promise<string> {
  if (response.status !== 200 || response.body === null) throw new Error(`${host} answers ${response.status}.`)
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of response.body) {
      bytes += part.length
      if (bytes > MAX_BLOB_BYTES) break
      parts.push(part)
    }
  } catch (cause) {
    throw new Error(`${host} stopped in the middle of its answer.`, { cause })
  }
  if (bytes > MAX_BLOB_BYTES) throw new Error(`${host} sends more than 20 MB: that is no FIDO metadata.`)
  return Buffer.concat(parts).toString('utf8')
}
