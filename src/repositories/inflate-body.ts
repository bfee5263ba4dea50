import type { IncomingHttpHeaders } from 'node:http'
import { Readable, type Writable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ProblemError } from '../http/problem.ts'
import { feed } from './feed.ts'
import { comeWithGit } from './git-reply.ts'

/** What a fetch asks for is a list of oids: this much names more than half a million. */
const maxFetchBytes = 32 * 1024 ** 2

/**
 * What a compressed push may unfold to. Stock git compresses none; JGit does where the whole push fits into its
 * `http.postBuffer`: a megabyte, and 500 where somebody followed the advice that goes about.
 */
const maxPushBytes = 512 * 1024 ** 2

/** What a fetch asks for, as it was before it was compressed. @throws ProblemError */
export function inflateFetch(headers: IncomingHttpHeaders, body: Readable): AsyncIterable<Uint8Array> {
  const source = isGzip(headers, 'fetch') ? inflate(body) : body
  return limitBytes(source, maxFetchBytes, () =>
    tooLarge('This request names more objects than one fetch may.', 'Fetch fewer branches and tags at once.'),
  )
}

/** A push as it was before it was compressed; it is let go with its answer. @throws ProblemError */
export function inflatePush(headers: IncomingHttpHeaders, body: Readable, answer: Writable): Readable {
  if (!isGzip(headers, 'push')) return body
  const inflated = Readable.from(
    limitBytes(inflate(body), maxPushBytes, () =>
      tooLarge('This push is larger than a compressed one may be.', 'Send it without content encoding.'),
    ),
  )
  // As a request: whoever reads it hears of it, and where nobody does it is no fault of ours.
  inflated.on('error', () => undefined)
  answer.once('close', () => inflated.destroy())
  return inflated
}

function isGzip(headers: IncomingHttpHeaders, what: 'fetch' | 'push'): boolean {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return false
  if (encoding === 'gzip' || encoding === 'x-gzip') return true
  throw new ProblemError(415, 'encoding-unsupported', `A ${what} is not taken in this encoding.`, {
    help: 'Send it plainly or with gzip.',
  })
}

function inflate(body: Readable): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip()
  // It may fail before anybody reads from it; whoever does then hears of it.
  gunzip.on('error', () => {})
  feed(body, gunzip).catch((error: Error) => gunzip.destroy(error))
  return gunzip
}

/** Counts what comes out of the inflater, so that a few bytes cannot unfold to gigabytes. */
async function* limitBytes(
  source: AsyncIterable<Uint8Array>,
  most: number,
  refusal: () => ProblemError,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > most) throw refusal()
      yield chunk
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError(400, 'bad-request', 'This request cannot be read.', { help: comeWithGit, cause: error })
  }
}

const tooLarge = (title: string, help: string): ProblemError => new ProblemError(413, 'too-large', title, { help })
