import { mkdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ownFolder, readText, writePrivate } from './folder.ts'
import type { SshDoor } from './ssh-door.ts'
import { certificateFile, type SshKeyFile } from './ssh-key.ts'

/** What ssh must know to come in: for git's user alone, so that nothing else on that host changes. */
export function renderSshConfig({ host, port }: SshDoor, key: SshKeyFile, knownHostsFile: string): string {
  return [
    '# Written by postern login, and again by the next one.',
    `Match host ${host} user git`,
    `  Port ${port}`,
    `  IdentityFile ${quoted(key.file)}`,
    `  CertificateFile ${quoted(certificateFile(key))}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${quoted(knownHostsFile)} ~/.ssh/known_hosts`,
    '',
  ].join('\n')
}

/** The one line that makes ssh read what `postern login` writes, of every instance. */
export const includeLine = (env: NodeJS.ProcessEnv): string =>
  `Include ${quoted(join(ownFolder(env), '*', 'ssh_config'))}`

/** Whether ssh reads it already. */
export async function isIncluded(env: NodeJS.ProcessEnv): Promise<boolean> {
  const text = (await readText(configFile(env))) ?? ''
  return text.split('\n').some((line) => line.trim() === includeLine(env))
}

/** Puts the line on top of `~/.ssh/config`: further down it would belong to whatever host stands above it. */
export async function includeInConfig(env: NodeJS.ProcessEnv): Promise<void> {
  const file = configFile(env)
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
  const former = (await readText(file)) ?? ''
  // A file that is kept elsewhere stays there.
  const place = (await stat(file).catch(() => undefined)) === undefined ? file : await realpath(file)
  await writePrivate(place, `${includeLine(env)}\n${former === '' ? '' : `\n${former}`}`)
}

const configFile = (env: NodeJS.ProcessEnv): string => join(env['HOME'] || homedir(), '.ssh', 'config')

const quoted = (path: string): string => (/[\s"#]/.test(path) ? `"${path}"` : path)
