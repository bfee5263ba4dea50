import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { addSshKey } from '../test/support/ssh-door.ts'
import { type KeyFile, makeKeyFile } from '../test/support/ssh-key-files.ts'
import { bigRepository } from './big-repository.ts'
import { alternate, type Group } from './measure.ts'
import { freePort, serve, type Served, throwAwayFolder } from './served.ts'

const logins = 40
const atOnce = 8
const lists = 5
const peerName = 'OpenSSH’s sshd'
const sshd = '/usr/sbin/sshd'
const execute = promisify(execFile)

/** One way in: what `ssh` is given, and where the repository is. */
interface Side {
  command: string[]
  url: string
}

/**
 * Logins, `ls-remote` and clone by the real `ssh` and `git`, in wall time: what a login costs are processes, and they are
 * not all the server's. The peer is sshd on a port of its own, with the same key, over a copy of the same repository.
 */
export const ssh: Group = {
  name: 'ssh',
  does: 'logins, ls-remote and clone over SSH, beside sshd',
  async run({ rounds, say }) {
    if (!existsSync(sshd) || userInfo().uid !== 0) {
      say(`skipped: ${existsSync(sshd) ? 'sshd is started by root alone' : 'there is no sshd on this machine'}`)
      return []
    }
    const source = await bigRepository(say)
    await using folder = await throwAwayFolder(tmpdir())
    const key = await makeKeyFile(folder.path, 'key')
    const port = await freePort()
    await using served = await serve({ dataFolder: join(folder.path, 'data'), flags: ['--ssh-port', String(port)] })
    const repository = await fill(served, source, key)
    const copy = join(folder.path, 'peer.git')
    await cp(repository, copy, { recursive: true })
    await using peer = await startSshd(folder.path, key)
    const sides: Record<'ours' | 'peer', Side> = {
      ours: { command: client(folder.path, key, port, 'git'), url: `ssh://git@localhost:${port}/bench/big.git` },
      peer: {
        command: client(folder.path, key, peer.port, userInfo().username),
        url: `ssh://${userInfo().username}@localhost:${peer.port}${copy}`,
      },
    }
    const measure = (work: (side: Side) => Promise<unknown>, divisor = 1) => {
      const timed = async (side: Side): Promise<number> => {
        const startedAt = performance.now()
        await work(side)
        return (performance.now() - startedAt) / divisor
      }
      return alternate(rounds, { peer: () => timed(sides.peer), ours: () => timed(sides.ours) })
    }
    const row = (measured: string, ratio: number, { ours, peer: theirs }: Record<'ours' | 'peer', number>) => ({
      measured,
      unit: 'ms' as const,
      ours,
      peer: { name: peerName, value: theirs },
      reach: { ratio },
    })

    say('logins')
    const login = await measure(manyLogins)
    say('ls-remote')
    const list = await measure(async (side) => {
      for (let count = 0; count < lists; count++) await git(folder.path, side, 'ls-remote', side.url)
    }, lists)
    say('clone')
    const clone = await measure(async (side) => {
      const into = join(folder.path, 'clone.git')
      await git(folder.path, side, 'clone', '--quiet', '--bare', side.url, into)
      await rm(into, { recursive: true })
    })
    return [
      row(`${logins} logins over SSH, ${atOnce} at a time`, 0.167, login),
      row('`git ls-remote` over SSH', 0.3, list),
      row('clone of a big repository over SSH', 1.3, clone),
    ]
  },
}

function client(folder: string, { file }: KeyFile, port: number, user: string): string[] {
  const options = {
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    LogLevel: 'ERROR',
    UserKnownHostsFile: join(folder, 'known_hosts'),
  }
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['ssh', '-F', '/dev/null', '-T', '-p', String(port), '-l', user, '-i', file, ...given]
}

async function manyLogins({ command: [program = '', ...args] }: Side): Promise<void> {
  let left = logins
  const one = async (): Promise<void> => {
    while (left-- > 0)
      // Ours runs no such command and says so: the login is the same.
      await execute(program, [...args, 'localhost', 'true']).catch((error: { code: number }) => {
        if (error.code !== 1) throw error
      })
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

const git = (folder: string, { command }: Side, ...args: string[]): Promise<string> =>
  gitOrThrow(folder, args, { GIT_SSH_COMMAND: command.join(' ') })

/** A person with this key, and the repository pushed and settled. Returns its folder. */
async function fill({ origin, setupLink, dataFolder, pid }: Served, source: string, key: KeyFile): Promise<string> {
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  await addSshKey(ana, key, 'bench')
  await ana.call('POST', '/projects', { name: 'bench', description: '' })
  await ana.call('POST', '/projects/bench/repositories', { name: 'big', description: '' })
  const token = withToken(await ana.makeToken('bench'))
  await gitOrThrow(source, [...token, 'push', '--quiet', `${origin}/bench/big.git`, 'main'])
  const bitmap = (): string =>
    execFileSync('find', [dataFolder, '-name', '*.bitmap'], { encoding: 'utf8' }).trim().split('\n')[0] ?? ''
  while (bitmap() === '' || !(await isQuiet(pid))) await wait(200)
  return bitmap().replace(/\/objects\/pack\/[^/]+$/, '')
}

/** Background work after the push is over. */
async function isQuiet(pid: number): Promise<boolean> {
  await wait(500)
  const children = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' })
  return !children.split('\n').some((line) => line.trim().startsWith(`${pid} `) && line.includes('repack'))
}

/** sshd as an operator would run it for git: no PAM, no shell files, one key. */
async function startSshd(folder: string, { line }: KeyFile): Promise<AsyncDisposable & { port: number }> {
  const port = await freePort()
  const host = await makeKeyFile(folder, 'sshd-host')
  const authorized = join(folder, 'authorized_keys')
  await writeFile(authorized, line)
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const config = join(folder, 'sshd_config')
  await writeFile(
    config,
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${host.file}\nPidFile none\nAuthorizedKeysFile ${authorized}
StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\nUseDNS no
PrintMotd no\nPrintLastLog no\nLogLevel FATAL\n`,
  )
  const child = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200) throw new Error(`sshd does not listen: ${await readFile(config, 'utf8')}`)
    await wait(25)
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
