import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyFile {
  /** The private half; the public one lies beside it with `.pub`. */
  file: string
  /** The line of the `.pub` file. */
  line: string
}

/** A key that the real ssh-keygen makes, in this folder. */
export async function makeKeyFile(folder: string, name: string, ...options: string[]): Promise<KeyFile> {
  const file = join(folder, name)
  const kind = options.length === 0 ? ['-t', 'ed25519'] : options
  await run('ssh-keygen', ['-q', '-N', '', '-C', name, ...kind, '-f', file])
  return { file, line: await readFile(`${file}.pub`, 'utf8') }
}

/** A file and its signature after it, as `ssh-keygen -Y sign` and `cat` make them. */
export async function signFile({ file }: KeyFile, namespace: string, path: string): Promise<Buffer> {
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', file, path])
  return Buffer.concat([await readFile(path), await readFile(`${path}.sig`)])
}
