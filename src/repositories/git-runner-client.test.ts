import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createGit } from './git.ts'
import { failsWith, type GitFixture, openGit } from './git-testing.ts'

describe('the runner', () => {
  let fixture: GitFixture
  let repository: string
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('takes no connection without the id of an invocation that waits', async () => {
    const [name] = (await readdir(join(fixture.folder, 'git'))).filter((entry) => entry.startsWith('run-'))
    const folder = join(fixture.folder, 'git', name ?? '')
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    const stranger = createConnection(join(folder, 'runner.sock'))
    stranger.write(`${randomBytes(16).toString('hex')}1`)
    await once(stranger, 'close')
  })

  it('is started again when it died, and what it ran has failed', async () => {
    await using other = await openGit()
    const stream = await other.git.stream(['cat-file', '--batch'], { repository })
    const [pid] = await childrenOf(process.pid, other.folder)
    assert.ok(pid !== undefined)
    process.kill(pid, 'SIGKILL')
    assert.equal((await stream.exited).failure, 'runner lost')
    assert.match((await other.git.run(['version'])).stdout.toString(), /^git version/)
  })

  it('ends with everything it runs when the server is killed with -9', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-git-'))
    const program = `
      const { createGit } = await import(${JSON.stringify(new URL('./git.ts', import.meta.url).href)})
      const git = await createGit({ dataFolder: ${JSON.stringify(folder)} })
      await git.stream(['cat-file', '--batch'], { repository: ${JSON.stringify(repository)} })
      console.log('running')
      setInterval(() => {}, 1000)`
    const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(server.stdout, 'data')
    const runners = await childrenOf(server.pid ?? 0, folder)
    // Its streams are there a moment before it is.
    let gits: number[] = []
    while (gits.length === 0) gits = await childrenOf(runners[0] ?? 0, 'cat-file')
    assert.deepEqual([runners.length, gits.length], [1, 1])
    server.kill('SIGKILL')
    for (const pid of [...runners, ...gits])
      while (await isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
    await rm(folder, { recursive: true })
  })

  it('leaves no socket folder behind, and takes away those of a killed server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-git-'))
    await mkdir(join(folder, 'git', 'run-killed'), { recursive: true })
    const git = await createGit({ dataFolder: folder })
    await git.close()
    assert.deepEqual(
      (await readdir(join(folder, 'git'))).filter((name) => name.startsWith('run-')),
      [],
    )
    await assert.rejects(git.run(['version']), failsWith('git-closed'))
    await rm(folder, { recursive: true })
  })

  it('works below a folder whose name is longer than a socket path may be', async () => {
    const folder = await mkdtemp(join(tmpdir(), `postern-${'long'.repeat(40)}-`))
    const git = await createGit({ dataFolder: folder })
    assert.match(git.version(), /^\d+\.\d+/)
    await git.close()
    await rm(folder, { recursive: true })
  })

  it('says that git is missing', async () => {
    const path = process.env['PATH']
    const folder = await mkdtemp(join(tmpdir(), 'postern-git-'))
    process.env['PATH'] = folder
    try {
      await assert.rejects(createGit({ dataFolder: folder }), failsWith('git-missing'))
    } finally {
      process.env['PATH'] = path
      await rm(folder, { recursive: true })
    }
  })
})

/** Children of a process whose command line contains a text. */
async function childrenOf(parent: number, text: string): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (Number(status.slice(status.lastIndexOf(')') + 4).split(' ')[0]) === parent && commandLine.includes(text))
      found.push(pid)
  }
  return found
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // A zombie waits only for its new parent.
  return status !== '' && status.charAt(status.lastIndexOf(')') + 2) !== 'Z'
}
