import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { parseSshPublicKey } from '../../src/protocols/ssh/public-key.ts'
import { gitOrThrow } from '../../src/walk/git.ts'
import { makeKeyFile } from './ssh-key-files.ts'
import { freePort } from './start-postern.ts'

const sshd = '/usr/sbin/sshd'
export const noSshd = existsSync(sshd) ? false : 'sshd is not installed'

/** Another team's Git server over SSH: Debian's sshd on loopback, which lets one key in. */
export interface SshRemote extends AsyncDisposable {
  port: number
  /** What a person pastes. */
  privateKey: string
  /** Of a key that it does not let in. */
  strangerKey: string
  fingerprint: string
  create(name: string): Promise<{ url: string; folder: string }>
  /** Shows another key from now on. */
  changeHostKey(): Promise<void>
}

export async function startSshRemote(folder: string): Promise<SshRemote> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const user = await makeKeyFile(folder, 'user')
  const stranger = await makeKeyFile(folder, 'stranger')
  const host = await makeKeyFile(folder, 'host')
  const other = await makeKeyFile(folder, 'other-host')
  await writeFile(join(folder, 'authorized'), user.line)
  const port = await freePort()
  let server = await start(folder, port, host.file)
  return {
    port,
    privateKey: await readFile(user.file, 'utf8'),
    strangerKey: await readFile(stranger.file, 'utf8'),
    fingerprint: parseSshPublicKey(host.line).fingerprint,
    async create(name) {
      const path = join(folder, name)
      await gitOrThrow(folder, ['init', '--quiet', '--bare', '--initial-branch=main', path])
      return { url: `ssh://${userInfo().username}@127.0.0.1:${port}${path}`, folder: path }
    },
    async changeHostKey() {
      await stop(server)
      server = await start(folder, port, other.file)
    },
    async [Symbol.asyncDispose]() {
      await stop(server)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function start(folder: string, port: number, hostKey: string): Promise<ChildProcess> {
  const file = join(folder, 'sshd_config')
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  const server = spawn(sshd, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  while (!said.includes('Server listening')) {
    if (server.exitCode !== null) throw new Error(said)
    await new Promise((done) => setImmediate(done))
  }
  return server
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'close')
  server.kill()
  await ended
}
