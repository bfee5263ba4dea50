import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { emptyTree } from './git-environment.ts'
import { diffTree } from './git-diffs.ts'
import type { GitError } from './git.ts'
import { commitFiles, failsWith, type GitFixture, openGit } from './git-testing.ts'
import { findLongNames } from './long-names.ts'
import { onBehalfOf } from './on-behalf.ts'

const megabyte = 1024 ** 2

/** Pseudo-random chunks, so that no compression hides a lost byte. */
function* noise(megabytes: number): Generator<Buffer> {
  let seed = createHash('sha256').update('seed').digest()
  for (let index = 0; index < megabytes; index++) {
    seed = createHash('sha256').update(seed).digest()
    yield Buffer.alloc(megabyte, seed)
  }
}

/** Seven bits to a byte, the least first. */
const lengthOf = (bytes: number): Buffer =>
  bytes < 0x80 ? Buffer.of(bytes) : Buffer.concat([Buffer.of((bytes & 0x7f) | 0x80), lengthOf(bytes >>> 7)])

describe('git.stream', () => {
  let fixture: GitFixture
  let repository: string
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('carries 60 MB in and out unchanged', async () => {
    const hash = createHash('sha1').update(`blob ${60 * megabyte}\0`)
    for (const chunk of noise(60)) hash.update(chunk)
    const oid = hash.digest('hex')
    const input = await fixture.git.stream(['hash-object', '-w', '--stdin'], { repository })
    await pipeline(Readable.from(noise(60)), input.stdin)
    assert.equal((await input.stdout.toArray()).join('').trim(), oid)
    assert.equal((await input.exited).code, 0)

    const output = await fixture.git.stream(['cat-file', 'blob', oid], { repository })
    const seen = createHash('sha1').update(`blob ${60 * megabyte}\0`)
    for await (const chunk of output.stdout) seen.update(chunk as Buffer)
    assert.equal(seen.digest('hex'), oid)
    assert.deepEqual(await output.exited, { killed: false, tookMemory: false, code: 0, signal: null, stderr: '' })
  })

  it('holds git back while nobody reads, and stdin back while git does not', async () => {
    const output = await fixture.git.stream(['cat-file', '--batch-all-objects', '--batch'], { repository })
    await once(output.stdout, 'readable')
    assert.ok(output.stdout.readableLength < 2 * megabyte)
    assert.equal(output.stdin.write('x'.repeat(4 * megabyte)), false)
    output.kill()
    assert.equal((await output.exited).killed, true)
  })

  it('gives end of file on stdin', async () => {
    const { stdin, stdout, exited } = await fixture.git.stream(['hash-object', '--stdin'], { repository })
    stdin.end()
    assert.equal((await stdout.toArray()).join('').trim(), 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
    assert.equal((await exited).code, 0)
  })

  it('keeps what git says when it stops reading early', async () => {
    const { stdin, stdout, exited } = await fixture.git.stream(['version'], { repository })
    stdin.write(Buffer.alloc(8 * megabyte))
    assert.match((await stdout.toArray()).join(''), /^git version/)
    assert.equal((await exited).code, 0)
  })

  it('kills git when its reader goes away', async () => {
    const { stdout, exited } = await fixture.git.stream(['cat-file', '--batch'], { repository })
    stdout.destroy()
    assert.equal((await exited).killed, true)
  })

  it('kills git when the operation is aborted or takes too long', async () => {
    const aborting = new AbortController()
    const aborted = await fixture.git.stream(['cat-file', '--batch'], { repository, signal: aborting.signal })
    aborting.abort()
    assert.equal((await aborted.exited).killed, true)
    const late = await fixture.git.stream(['cat-file', '--batch'], { repository, timeoutMs: 50 })
    assert.equal((await late.exited).killed, true)
    await using hasty = await openGit({ operationMs: 50 })
    const limited = await hasty.git.stream(['cat-file', '--batch'], { repository })
    assert.equal((await limited.exited).killed, true, 'as long as the configuration lets one take')
  })

  it('does not mix invocations that run at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const input = String(index).repeat(200_000)
        const { stdout } = await fixture.git.run(['hash-object', '--stdin'], { repository, input })
        return stdout.toString().trim() === createHash('sha1').update(`blob ${input.length}\0${input}`).digest('hex')
      }),
    )
    assert.deepEqual(new Set(answers), new Set([true]))
  })

  const linuxAlone = process.platform === 'linux' ? {} : { skip: 'what a process has is read from /proc' }
  it(
    'ends what takes the memory of all, as a tree that names more files than there is room for',
    linuxAlone,
    async () => {
      await using small = await openGit({ memoryBytes: 14 * megabyte })
      const { git } = small
      const folder = await small.createRepository()
      const commit = await commitFiles(git, folder, 'refs/heads/main', { file: 'text\n' })
      let tree = `${commit}^{tree}`
      for (let level = 0; level < 8; level++) {
        const oid = (await git.objects(folder).info(tree))?.oid ?? assert.fail()
        const input = Array.from({ length: 10 }, (_, index) => `040000 tree ${oid}\tfolder${index}\n`).join('')
        tree = (await git.run(['mktree'], { repository: folder, input })).stdout.toString().trim()
      }
      const beside = await git.stream(['cat-file', '--batch'], { repository: folder })
      const trees = { from: emptyTree, to: tree }
      await assert.rejects(
        git.run([...diffTree, trees.from, trees.to], { repository: folder }),
        failsWith('git-memory'),
      )
      await assert.rejects(git.compare(folder, trees, megabyte), failsWith('git-memory'))
      const env = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' }
      const made = await git.run(['commit-tree', tree, '-m', 'x'], { repository: folder, env })
      const tips = [made.stdout.toString().trim()]
      const found = await findLongNames(git, { folder, quarantine: join(folder, 'objects'), tips })
      assert.match(found?.sentences.join(' ') ?? '', /take more memory than there is\. Bring its history in parts/)
      beside.stdin.end()
      assert.equal((await beside.stdout.toArray()).length, 0)
      assert.equal((await beside.exited).code, 0, 'what takes little goes on')
    },
  )

  it('makes no object whose length alone is more than there is room for, however few bytes stand for it', async () => {
    await using small = await openGit({ memoryBytes: 1024 * megabyte })
    const repository = await small.createRepository()
    // gitformat-pack(5): 16 MB of nothing, and an object that is 70 times that.
    const base = Buffer.alloc(0xffffff)
    const name = createHash('sha1').update(`blob ${base.length}\0`).update(base).digest()
    const copies = Buffer.from('f0ffffff'.repeat(70), 'hex')
    const delta = Buffer.concat([lengthOf(base.length), lengthOf(base.length * 70), copies])
    const pack = Buffer.concat([
      Buffer.from('PACK\0\0\0\x02\0\0\0\x02', 'latin1'),
      Buffer.from('bfffff3f', 'hex'),
      deflateSync(base),
      Buffer.from([0xf0 | (delta.length & 15), delta.length >> 4]),
      name,
      deflateSync(delta),
    ])
    const input = Buffer.concat([pack, createHash('sha1').update(pack).digest()])
    await assert.rejects(small.git.run(['index-pack', '--stdin'], { repository, input }), (error: GitError) => {
      assert.match(error.detail, /attempting to allocate 1174405051 over limit/)
      return true
    })
  })

  it('refuses more streams than it may have, and takes the place of one that ended', async () => {
    await using small = await openGit({ streams: 1 })
    const first = await small.git.stream(['cat-file', '--batch'], { repository })
    await assert.rejects(small.git.stream(['version']), failsWith('git-busy'))
    first.kill()
    await first.exited
    const second = await small.git.stream(['version'])
    await second.stdout.toArray()
    assert.equal((await second.exited).code, 0)
  })

  it('counts what streams without a process among the others, for whom it is', async () => {
    await using small = await openGit({ streams: 2 })
    const ana = { account: 'usr_ana' }
    {
      using _hers = small.git.share(ana)
      assert.throws(() => small.git.share(ana), failsWith('git-busy'))
      await assert.rejects(small.git.stream(['version'], { holder: ana }), failsWith('git-busy'))
      using _his = small.git.share({ account: 'usr_ben' })
      await assert.rejects(small.git.stream(['version']), failsWith('git-busy'))
    }
    small.git.share(ana)[Symbol.dispose]()
    await using hasty = await openGit({ operationMs: 1 })
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
    using _slow = hasty.git.share(ana, end)
    await isOver
  })

  it('gives the place of a stream that waits for a person to others, and counts each once', async () => {
    await using small = await openGit({ streams: 1 })
    const waiting = await small.git.stream(['cat-file', '--batch'], { repository })
    {
      using _aside = waiting.setAside()
      const other = await small.git.stream(['version'])
      await other.stdout.toArray()
      await other.exited
    }
    await assert.rejects(small.git.stream(['version']), failsWith('git-busy'))
    const again = waiting.setAside()
    waiting.kill()
    await waiting.exited
    again[Symbol.dispose]()
    for (let each = 0; each < 2; each++) {
      const last = await small.git.stream(['version'])
      await last.stdout.toArray()
      assert.equal((await last.exited).code, 0)
    }
  })
})

describe('git.run', () => {
  let fixture: GitFixture
  let repository: string
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('has room for others, however many somebody has run', async () => {
    await using small = await openGit({ runs: 2 })
    const over = Promise.withResolvers<void>()
    async function* late(): AsyncGenerator<Uint8Array> {
      await over.promise
      yield Buffer.from('a')
    }
    const ana = [1, 2, 3].map(() =>
      onBehalfOf({ account: 'ana' }, () => small.git.run(['hash-object', '--stdin'], { input: late() })),
    )
    await onBehalfOf({ account: 'bo' }, () => small.git.run(['version']))
    over.resolve()
    for (const { stdout } of await Promise.all(ana)) assert.match(stdout.toString(), /^2e65efe2a145/)
  })

  it('has the whole output though git ended before its sockets were looked at', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const running = fixture.git.run(['version'])
      await new Promise((resolve) => setImmediate(resolve))
      // The loop stands still, as it does under load; then exit and connections arrive at once.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
      assert.match((await running).stdout.toString(), /^git version/)
    }
  })

  it('fails for a folder that is gone, without blaming the installation', async () => {
    await assert.rejects(
      fixture.git.run(['rev-parse'], { repository: join(fixture.root, 'gone') }),
      failsWith('git-failed'),
    )
  })

  it('says the exit code, and keeps stderr from the public sentence', async () => {
    await assert.rejects(fixture.git.run(['cat-file', '-e', 'secret-name'], { repository }), (error: GitError) => {
      assert.equal(error.code, 'git-failed')
      assert.equal(error.exitCode, 128)
      assert.match(error.detail, /secret-name/)
      assert.doesNotMatch(error.message, /secret-name/)
      return true
    })
  })

  it('takes other exit codes as answers where told so', async () => {
    const ours = await commitFiles(fixture.git, repository, 'refs/heads/ours', { file: 'one\n' })
    const theirs = await commitFiles(fixture.git, repository, 'refs/heads/theirs', { file: 'two\n' })
    const args = ['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs]
    assert.equal((await fixture.git.run(args, { repository, ok: [0, 1] })).code, 1)
    await assert.rejects(fixture.git.run(args, { repository }), failsWith('git-failed'))
  })

  it('stops at the output limit, the time limit, and the abort', async () => {
    const { git } = fixture
    await assert.rejects(git.run(['help', '-a'], { maxOutputBytes: 100 }), failsWith('git-output-too-large'))
    const stuck = Readable.from(waitForever())
    await assert.rejects(git.run(['hash-object', '--stdin'], { input: stuck, timeoutMs: 50 }), failsWith('git-timeout'))
    const signal = AbortSignal.timeout(50)
    const waiting = Readable.from(waitForever())
    await assert.rejects(git.run(['hash-object', '--stdin'], { input: waiting, signal }), failsWith('git-aborted'))
    await assert.rejects(git.run(['version'], { signal: AbortSignal.abort() }), failsWith('git-aborted'))
  })

  it('fails when its input does', async () => {
    const broken = Readable.from(breakAfterOne())
    await assert.rejects(fixture.git.run(['hash-object', '--stdin'], { input: broken }), failsWith('git-aborted'))
  })

  it('writes new objects into another object folder, and sees the repository through it', async () => {
    const objectDirectory = await mkdtemp(join(fixture.folder, 'objects: "odd" \\ name-'))
    const seen = await fixture.git.run(['rev-parse', 'refs/heads/ours^{tree}'], { repository, objectDirectory })
    const tree = seen.stdout.toString().trim()
    const input = 'only here'
    const oid = (await fixture.git.run(['hash-object', '-w', '--stdin'], { repository, objectDirectory, input })).stdout
      .toString()
      .trim()
    assert.equal((await fixture.git.objects(repository, { objectDirectory }).read(oid))?.content.toString(), input)
    assert.equal((await fixture.git.objects(repository, { objectDirectory }).info(tree))?.type, 'tree')
    assert.equal(await fixture.git.objects(repository).info(oid), undefined)
  })
})

async function* waitForever(): AsyncGenerator<Buffer> {
  yield Buffer.from('x')
  await new Promise(() => {})
}

async function* breakAfterOne(): AsyncGenerator<Buffer> {
  yield Buffer.from('x')
  throw new Error('the client went away')
}
