import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ProblemError } from '../http/problem.ts'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { feed } from './feed.ts'
import type { Git } from './git.ts'
import type { GitSetting } from './git-environment.ts'
import { comeWithGit, notGit, startGitReply } from './git-reply.ts'
import { pour } from './pour.ts'
import type { StreamHolder } from './stream-shares.ts'

export type GitService = 'git-upload-pack' | 'git-receive-pack'
export const gitServices: readonly GitService[] = ['git-upload-pack', 'git-receive-pack']

/** What a fetch asks for is a list of oids: this much names more than half a million. */
const maxRequestBytes = 32 * 1024 ** 2

type ProtocolVersion = 0 | 1 | 2

/** gitprotocol-http, "Discovering References": which refs there are, or for v2 only what the server can do. */
export function createAdvertiser(git: Git): (wanted: {
  folder: string
  service: GitService
  holder: StreamHolder
  protocolVersion: ProtocolVersion
  /** Of a push: see `push-nonces.ts`. */
  pushSettings: readonly GitSetting[]
  response: ServerResponse
}) => Promise<void> {
  // Version 2 names no ref here, so that its bytes are the same for every repository: no process for each fetch.
  let constant: Promise<Buffer> | undefined

  async function readCapabilities(folder: string): Promise<Buffer> {
    const { stdout, exited } = await git.stream(['upload-pack', '--http-backend-info-refs', '.'], {
      repository: folder,
      protocolVersion: 2,
    })
    const bytes = Buffer.concat((await stdout.toArray()) as Buffer[])
    const { code } = await exited
    if (code !== 0 || !bytes.toString('latin1').startsWith('000eversion 2\n'))
      throw new Error('git gave no capabilities')
    return bytes
  }

  return async ({ folder, service, holder, protocolVersion, pushSettings, response }) => {
    const contentType = `application/x-${service}-advertisement`
    if (service === 'git-upload-pack' && protocolVersion === 2) {
      constant ??= readCapabilities(folder)
      const bytes = await constant.catch((error: unknown) => {
        constant = undefined
        throw error
      })
      startGitReply(response, contentType)
      response.end(bytes)
      return
    }
    const command = service === 'git-upload-pack' ? 'upload-pack' : 'receive-pack'
    const { stdout } = await git.stream([command, '--http-backend-info-refs', '.'], {
      repository: folder,
      holder,
      protocolVersion,
      config: service === 'git-receive-pack' ? pushSettings : [],
    })
    startGitReply(response, contentType)
    response.write(Buffer.concat([encodePkt(`# service=${service}\n`), flushPkt]))
    await pipeline(stdout, response)
  }
}

/** One round of a fetch or clone: the request streams in, the pack streams out, each held back by the other's pace. */
export async function uploadPack(wanted: {
  git: Git
  folder: string
  holder: StreamHolder
  protocolVersion: ProtocolVersion
  headers: IncomingHttpHeaders
  body: Readable
  response: ServerResponse
}): Promise<void> {
  const { git, response } = wanted
  const source = limitBytes(inflate(wanted.headers, wanted.body))
  const process = await git.stream(['upload-pack', '--stateless-rpc', '.'], {
    repository: wanted.folder,
    holder: wanted.holder,
    protocolVersion: wanted.protocolVersion,
  })
  // A client that has its whole answer also closes: only one that has not leaves git without a reader.
  response.once('close', () => {
    if (!response.writableFinished) process.kill()
  })
  let refusal: unknown
  const asked = feed(source, process.stdin).catch((error: unknown) => {
    refusal = error
    process.kill()
  })
  try {
    startGitReply(response, 'application/x-git-upload-pack-result')
    await pour(process.stdout, response)
    const { code } = await process.exited
    if (code !== 0 && !response.headersSent) throw notGit()
    response.end()
  } catch (error) {
    if (response.headersSent) throw error
    await asked
    throw refusal ?? error
  }
}

function inflate(headers: IncomingHttpHeaders, body: Readable): AsyncIterable<Uint8Array> {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new ProblemError(415, 'encoding-unsupported', 'A fetch is not taken in this encoding.', {
      help: 'Send it plainly or with gzip.',
    })
  const gunzip = createGunzip()
  // It may fail before anybody reads from it; whoever does then hears of it.
  gunzip.on('error', () => {})
  feed(body, gunzip).catch((error: Error) => gunzip.destroy(error))
  return gunzip
}

/** Counts what comes out of the inflater, so that a few bytes cannot unfold to gigabytes. */
async function* limitBytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxRequestBytes)
        throw new ProblemError(413, 'too-large', 'This request names more objects than one fetch may.', {
          help: 'Fetch fewer branches and tags at once.',
        })
      yield chunk
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError(400, 'bad-request', 'This request cannot be read.', { help: comeWithGit, cause: error })
  }
}
