import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSshPublicKey, type SshPublicKey } from '../protocols/ssh/public-key.ts'
import { SshError } from '../protocols/ssh/ssh-error.ts'
import { ClientError } from './client-error.ts'
import { readText } from './folder.ts'
import { runTool } from './run-tool.ts'

/** A key of this machine, in a file. */
export interface SshKeyFile {
  /** The private key's; the public one stands beside it, `.pub`, and the certificate, `-cert.pub`. */
  file: string
  publicKey: SshPublicKey
  /** As the `.pub` file has it. */
  line: string
}

export const certificateFile = ({ file }: Pick<SshKeyFile, 'file'>): string => `${file}-cert.pub`

/** The key that somebody named, by its private or its public file. @throws ClientError */
export function readOwnKey(path: string): Promise<SshKeyFile> {
  return readKey(path.replace(/\.pub$/, ''))
}

/** The key that only ever comes in with a certificate; made where it is missing. */
export async function getKey(folder: string, env: NodeJS.ProcessEnv): Promise<SshKeyFile> {
  const file = join(folder, 'id_ed25519')
  if ((await readText(file)) === undefined || (await readText(`${file}.pub`)) === undefined) {
    // Half of one is of no use, and ssh-keygen would ask what to do about it.
    await Promise.all([file, `${file}.pub`].map((each) => rm(each, { force: true })))
    await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'postern login', '-f', file], env)
  }
  return readKey(file)
}

async function readKey(file: string): Promise<SshKeyFile> {
  const line = (await readText(`${file}.pub`))?.trim()
  if (line === undefined)
    throw new ClientError(`There is no key at ${file}.pub.`, 'Give the path of a key that is there.')
  try {
    return { file, line, publicKey: parseSshPublicKey(line) }
  } catch (error) {
    if (error instanceof SshError)
      throw new ClientError(`${file}.pub is not taken: ${error.message}.`, 'Give the path of another key.', {
        cause: error,
      })
    throw error
  }
}
