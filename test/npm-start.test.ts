import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import packageJson from '../package.json' with { type: 'json' }
import { Person } from '../src/walk/person.ts'
import { applicant, tokenOf } from './support/ceremony.ts'
import { refused } from './support/refusal.ts'
import { freePort } from './support/start-postern.ts'

const root = join(import.meta.dirname, '..')
/** What a checkout does not have, and what `npm ci` brings. */
const notCopied = new Set(['.git', 'node_modules', 'dist', 'data', 'artefacts'])
const hourMs = 3_600_000

interface Said {
  stdout: string
  stderr: string
}

function environment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  const system = PATH.split(delimiter).filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  return { PATH: system.join(delimiter), HOME, POSTERN_SSH_PORT: 'off' }
}

interface Wanted {
  cwd: string
  port: number
  /** What it prints last. */
  until: RegExp
  work?: (stdout: string) => Promise<void>
}

/** `npm start` as a person types it, by the npm of the system; ended once the work is done. */
async function npmStart({ cwd, port, until, work }: Wanted): Promise<Said> {
  // In a group of its own: npm, its shell and the server end together.
  const child = spawn('npm', ['start', '--', '--port', String(port)], {
    cwd,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const said: Said = { stdout: '', stderr: '' }
  const isReady = new Promise<void>((resolve) => {
    child.stdout.on('data', (part) => {
      said.stdout += String(part)
      if (until.test(said.stdout)) resolve()
    })
  })
  child.stderr.on('data', (part) => (said.stderr += String(part)))
  try {
    await Promise.race([isReady, ended.then(() => assert.fail(`npm start ended: ${said.stdout}${said.stderr}`))])
    await work?.(said.stdout)
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid)
    await ended
  }
  // What npm thinks of this machine’s own settings is not ours.
  return { ...said, stderr: said.stderr.replaceAll(/^npm .*\n/gm, '') }
}

test('npm start on a fresh checkout builds what is missing, with progress, and its link makes the owner, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-checkout-'))
  try {
    await cp(root, folder, {
      recursive: true,
      filter: (path) => !notCopied.has(path.slice(root.length + 1)),
    })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const port = await freePort()
    // A checkout that somebody else owns: what is built has nowhere to go.
    const start = ['start', '--silent', '--', '--port', String(port)]
    const dist = join(folder, 'dist')
    await symlink('/sys/postern', dist)
    const refusedStart = await new Promise<string>((resolve) => {
      execFile('npm', start, { cwd: folder, env: environment() }, (error, stdout, stderr) =>
        resolve(`${error?.code} ${stdout}${stderr}`),
      )
    })
    assert.equal(
      refusedStart,
      `1 postern serve: ${dist} cannot be written, and the console has to be built there. Run npm run build once as a user who may write to it.\n`,
    )
    await rm(dist)
    // The largest part is there already: how all of it is built is seen wherever these tests run on a fresh checkout.
    await cp(join(root, 'dist', 'console'), join(dist, 'console'), { recursive: true })
    await utimes(join(dist, 'console', '.built'), new Date(), new Date())

    const origin = `http://localhost:${port}`
    const before = Date.now()
    const first = await npmStart({
      cwd: folder,
      port,
      until: /setup#\S+\n/,
      async work(stdout) {
        const [link = '', ...more] = stdout.match(/http:\S+#\S+/g) ?? []
        assert.deepEqual([link.startsWith(`${origin}/-/setup#`), more], [true, []])
        const page = await fetch(link)
        assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8'])

        const ana = new Person(origin)
        const inspect = () =>
          ana.call<{ purpose: string; expiresAt: number }>('POST', '/registration-links/inspect', {
            token: tokenOf(link),
          })
        const { purpose, expiresAt } = await inspect()
        assert.equal(purpose, 'setup')
        assert.ok(expiresAt - hourMs >= before && expiresAt - hourMs <= Date.now(), 'it lives an hour')
        const clock = new Date(expiresAt).toTimeString().slice(0, 5)
        assert.match(stdout, new RegExp(`It works once, until ${clock} [A-Z]+\\S*:\n`))
        await ana.register(link, applicant('ana'))
        assert.equal((await ana.call<{ role: string }>('GET', '/me')).role, 'owner')
        await refused(inspect(), 410, 'link-used')
      },
    })
    const built = ['the verifier', 'the command line of people’s own machines']
      .map((name) => `Building ${name}, once…\nBuilt ${name} in \\d+ s\\.\n`)
      .join('')
    assert.match(first.stderr, new RegExp(`^${built}$`))
    assert.match(first.stdout, new RegExp(`\nPostern ${RegExp.escape(packageJson.version)} is ready at ${origin}\n`))
    assert.doesNotMatch(first.stdout, /ssh -L/, 'here is no remote machine')

    const second = await npmStart({ cwd: folder, port, until: /is ready at/ })
    assert.equal(second.stderr, '', 'nothing is built twice')
    assert.doesNotMatch(second.stdout, /setup#/, 'there is an owner')
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
