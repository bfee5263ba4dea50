import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configOf, noUpkeep } from '../../src/repositories/git-testing.ts'
import { commitAs } from '../../src/walk/git.ts'
import type { Person } from '../../src/walk/person.ts'
import { type KeyFile, makeKeyFile } from './ssh-key-files.ts'
import { type StartedPostern, type StartOptions, startPostern } from './start-postern.ts'

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** A started Postern with its SSH door open, and the real programs to go through it. */
export interface SshDoor extends AsyncDisposable {
  started: StartedPostern
  port: number
  /** A key file made by ssh-keygen and added to this person's account. */
  addKey(person: Person, name: string, ...options: string[]): Promise<KeyFile & { id: string }>
  /** The `ssh` command line for one key, or for an agent. */
  sshCommand(key: Identity): string[]
  ssh(key: Identity, ...args: string[]): Promise<Ran>
  /** Stock git in a folder of its own, over SSH with this key. */
  git(key: Identity, folder: string, ...args: string[]): Promise<Ran>
  /** For `spawn`. */
  env(key: Identity): NodeJS.ProcessEnv
  url(path: string): string
  /** A folder of this name. */
  folder(name: string): Promise<string>
  /** Writes down the host key, at the port of now. */
  trust(): Promise<void>
}

type Identity = Pick<KeyFile, 'file'> | { agent: string }

export async function openSshDoor(flags: string[] = [], options: Pick<StartOptions, 'now'> = {}): Promise<SshDoor> {
  const started = await startPostern({ flags: ['--ssh-port', '0', ...flags], ...options })
  const known = join(started.folder, 'known_hosts')
  const door: SshDoor = {
    started,
    get port() {
      return started.postern.sshPort() ?? 0
    },
    async addKey(person, name, ...options) {
      const key = await makeKeyFile(await door.folder('keys'), name, ...options)
      const { id } = await addSshKey(person, key, name)
      return { ...key, id }
    },
    sshCommand(key) {
      const options = [
        ...Object.entries({
          UserKnownHostsFile: known,
          StrictHostKeyChecking: 'yes',
          PreferredAuthentications: 'publickey',
          IdentityAgent: 'agent' in key ? key.agent : 'none',
          IdentitiesOnly: 'agent' in key ? 'no' : 'yes',
        }).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
        ...('agent' in key ? [] : ['-i', key.file]),
      ]
      return ['ssh', '-F', '/dev/null', '-p', String(door.port), ...options]
    },
    async ssh(key, ...args) {
      const [program = '', ...rest] = door.sshCommand(key)
      return run(program, [...rest, 'git@localhost', ...args], { cwd: started.folder, env: door.env(key) })
    },
    git: (key, folder, ...args) => run('git', args, { cwd: folder, env: door.env(key) }),
    env: (key) => ({
      PATH: process.env['PATH'],
      HOME: started.folder,
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      ...configOf(noUpkeep),
      GIT_SSH_COMMAND: door.sshCommand(key).join(' '),
      ...commitAs('Ana', 'ana@example.com', Date.now()),
    }),
    url: (path) => `ssh://git@localhost:${door.port}/${path}.git`,
    async folder(name) {
      const folder = join(started.folder, name)
      await mkdir(folder, { recursive: true })
      return folder
    },
    trust: () => writeFile(known, `${started.postern.ssh()?.knownHosts ?? ''}\n`),
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  }
  await door.trust()
  return door
}

/** Adds a key as its page tells: the statement is signed with it, and the rest is a tap. */
export async function addSshKey(person: Person, key: KeyFile, name: string): Promise<{ id: string }> {
  const { statement, namespace } = await person.call<{ statement: string; namespace: string }>('GET', '/me/ssh-keys')
  const file = `${key.file}.statement`
  await writeFile(file, statement)
  await chmod(key.file, 0o600)
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key.file, file])
  const body = { name, publicKey: key.line, forLogin: true, forSigning: false, expiresInDays: null }
  return person.act('POST', '/me/ssh-keys', { ...body, signature: await readFile(`${file}.sig`, 'utf8') })
}

/** Never throws: what a program says is what is tested. */
export function run(program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  return new Promise<Ran>((resolve) => {
    const limits = { ...options, maxBuffer: 256 * 1024 ** 2, timeout: 120_000 }
    const child = execFile(program, [...args], limits, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** Starts a program and leaves it running; its screen can be read meanwhile. */
export function begin(program: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let screen = ''
  const looks = new Set<() => void>()
  const look = (chunk: Buffer): void => {
    screen += chunk.toString()
    for (const each of looks) each()
  }
  child.stdout.on('data', look)
  child.stderr.on('data', look)
  const ended = new Promise<{ code: number | null; screen: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, screen })),
  )
  return {
    child,
    ended,
    /** @throws where it ends without this on its screen */
    async seen(pattern: RegExp): Promise<RegExpExecArray> {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
      const check = (): void => {
        const found = pattern.exec(screen)
        if (found !== null) resolve(found)
      }
      looks.add(check)
      check()
      void ended.then(() => reject(new Error(`not seen: ${pattern.source}\n${screen}`)))
      return promise.finally(() => looks.delete(check))
    },
  }
}
