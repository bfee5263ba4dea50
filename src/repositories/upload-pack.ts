import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { feed } from './feed.ts'
import type { Git } from './git.ts'
import type { GitSetting } from './git-environment.ts'
import { notGit, startGitReply } from './git-reply.ts'
import { inflateFetch } from './inflate-body.ts'
import { pour } from './pour.ts'
import type { StreamHolder } from './stream-shares.ts'

export type GitService = 'git-upload-pack' | 'git-receive-pack'
export const gitServices: readonly GitService[] = ['git-upload-pack', 'git-receive-pack']

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
  const source = inflateFetch(wanted.headers, wanted.body)
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
