import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { loadConfig } from '../config.ts'
import { makeSetupLink } from '../identity/instance.ts'
import { createPostern } from '../server.ts'
import { walk as walkThrough } from '../walk/steps.ts'
import { CommandError, withOneLine } from './say.ts'

const help = `postern walk --into FOLDER: walk through the product on a throw-away server

  Set-up, sign-in, push, pull request, a merge and a squash sealed by a software key. Leaves in FOLDER:
    clone            the protected branch checked out, with refs/postern/*
    allowed_signers  for git: git -c gpg.ssh.allowedSignersFile=../allowed_signers verify-commit HEAD
`

export async function walk(args: string[]): Promise<number> {
  return withOneLine('walk', async () => {
    const { values } = parseArgs({ args, options: { into: { type: 'string' }, help: { type: 'boolean' } } })
    if (values.help === true) {
      process.stdout.write(help)
      return 0
    }
    const into = resolve(values.into ?? 'walk')
    if (existsSync(join(into, 'clone')))
      throw new CommandError(`${into} already holds a walk. Name a new folder with --into.`)
    mkdirSync(into, { recursive: true })
    const data = await mkdtemp(join(tmpdir(), 'postern-walk-'))
    const config = loadConfig(
      ['--port', String(await freePort()), '--data', data, '--ssh-port', 'off', '--log-level', 'error'],
      {},
    )
    const postern = await createPostern(config)
    await postern.listen()
    try {
      const { database, now } = postern.ceremonies
      await walkThrough({
        origin: config.url.origin,
        setupLink: (await makeSetupLink(database, config.url.origin, now())).url,
        into,
        step: show,
        verify: runVerify,
        now,
      })
    } finally {
      await postern.close()
      await rm(data, { recursive: true, force: true })
      await rm(join(into, 'work'), { recursive: true, force: true })
    }
    process.stdout.write(
      `\nNow try it yourself:\n  cd ${join(into, 'clone')}\n  git -c gpg.ssh.allowedSignersFile=../allowed_signers log --show-signature --first-parent\n`,
    )
    return 0
  })
}

async function show<Result>(sentence: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  const result = await work()
  process.stdout.write(`${(performance.now() - startedAt).toFixed(0).padStart(6)} ms  ${sentence}\n`)
  if (typeof result === 'string' && result.includes(' '))
    for (const line of result.trimEnd().split('\n')) process.stdout.write(`           ${line}\n`)
  return result
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The command as anybody would run it, offline, on the clone. @throws with what it found, unless all is proven */
async function runVerify(clone: string, trust: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'verify', clone, '--trust', trust])
  return stdout
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
