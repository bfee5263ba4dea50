import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gitOrThrow } from '../src/walk/git.ts'
import { walk } from '../src/walk/steps.ts'
import { postern as command } from './support/command.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

for (const store of eitherStore)
  test(`the main job from set-up to a verified merge, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: await store.flags() })
    const said: string[] = []
    await walk({
      origin: postern.origin,
      setupLink: await postern.setupLink(),
      into: await mkdtemp(join(postern.folder, 'walk-')),
      step: async (_sentence, work) => {
        const result = await work()
        if (typeof result === 'string') said.push(result)
        return result
      },
      verify: async (clone, trust) =>
        (await promisify(execFile)(process.execPath, [main, 'verify', clone, '--trust', trust])).stdout,
      now: Date.now,
    })
    const whole = said.join('\n')
    assert.match(whole, /main is protected: open a pull request instead/)
    assert.match(whole, /Good "git" signature for ana@localhost/)
    assert.match(whole, /2 changes since protection began: all proven/)
    assert.match(whole, /tag v1\.0 .* by ana .* on main, proven/)
  })

const steps = [
  'set up: the first owner registers a passkey',
  'sign out, and in again with one tap',
  'add a second passkey, vouched for by the first',
  'make an API token',
  'create the project acme and the repository widgets',
  'push: the baseline, from which main is protected',
  'tap to seal that start',
  'push the branch sizes and open a pull request',
  'tap to merge pull request 1',
  'push the branch colours and open a pull request',
  'tap to squash pull request 2',
  'tap to make the tag v1.0',
  'a direct push to main is refused, with a sentence',
  'clone, with refs/postern/* and the signers',
  'stock git verifies the tip',
  'stock git verifies the tag',
  'postern verify walks the whole branch',
  'everything stands in the audit log',
]

test('npm run walk shows each step with its time, and leaves what stock git can check, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-walked-'))
  const [into, temporary] = [join(folder, 'into'), join(folder, 'tmp')]
  await mkdir(temporary)
  const run = promisify(execFile)
  try {
    const { stdout } = await run('npm', ['run', '--silent', 'walk', '--', '--into', into], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, TMPDIR: temporary },
    })
    const shown = [...stdout.matchAll(/^ *\d+ ms {2}(.+)$/gm)].map(([, sentence]) => sentence)
    assert.deepEqual(shown, steps)

    assert.deepEqual((await readdir(into)).sort(), ['allowed_signers', 'clone'])
    const left = (await readdir(temporary)).filter((name) => name.startsWith('postern-'))
    assert.deepEqual(left, [], 'the server was thrown away')
    const clone = join(into, 'clone')
    assert.equal(await gitOrThrow(clone, ['symbolic-ref', '--short', 'HEAD']), 'main\n')
    assert.equal(
      await gitOrThrow(clone, ['for-each-ref', '--format=%(refname)', 'refs/postern']),
      'refs/postern/attestations\nrefs/postern/seals\nrefs/postern/signers\n',
    )

    // The last lines of the screen, as they are, in a shell that knows nothing of us.
    const [, lines = ''] = /\nNow try it yourself:\n([^]+)$/.exec(stdout) ?? []
    const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
    const log = (await run('sh', ['-ec', `exec 2>&1\n${lines}`], { cwd: folder, env })).stdout
    assert.equal(log.match(/^Good "git" signature for ana@localhost with ECDSA-SK key SHA256:/gm)?.length, 2, log)

    const again = await command(['walk', '--into', into])
    assert.deepEqual(
      [again.code, again.stdout, again.stderr],
      [1, '', `postern walk: ${into} already holds a walk. Name a new folder with --into.\n`],
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
