import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Duplex, PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { type ReceiveRequest, zeroOid } from '../protocols/git/receive-commands.ts'
import { refusePush } from '../protocols/git/report-status.ts'
import type { GitProcess } from './git.ts'
import { type GitFixture, openGit, stockGit } from './git-testing.ts'
import { feedStream } from './feed-stream.ts'
import { answer, type PreReceive, readPreReceive, sameCommands, say } from './pre-receive.ts'
import { readReceiveRequest } from './read-receive-request.ts'
import { sweep } from './sweep.ts'

type Push = { git: GitProcess; hook: Duplex; asked: PreReceive; request: ReceiveRequest }

/** Just enough smart HTTP around the parts under test; the product's routes stand elsewhere. */
async function serve(
  { git }: GitFixture,
  repository: string,
  { onPush, refuse = false }: { onPush?: (push: Push) => Promise<void>; refuse?: boolean },
): Promise<AsyncDisposable & { url: string; exits: Promise<unknown>[]; errors: unknown[] }> {
  const errors: unknown[] = []
  const exits: Promise<unknown>[] = []

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asks = await readReceiveRequest(request)
    if (refuse) {
      request.resume()
      await once(request, 'end')
      response.end(refusePush(asks, { reason: 'protected', sentences: ['main is protected.', 'Open a pull request.'] }))
      return
    }
    const process = await git.stream(['receive-pack', '--stateless-rpc', '.'], { repository })
    exits.push(process.exited)
    response.once('close', () => !response.writableFinished && process.kill())
    const hook = process.hook
    assert.ok(hook)
    process.stdin.write(asks.consumed)
    feedStream(request, process.stdin).catch(() => {})
    const answered = pipeline(process.stdout, response)
    const asked = await readPreReceive(hook, repository)
    if (asked !== undefined) await onPush?.({ git: process, hook, asked, request: asks })
    await answered
  }

  const server = createServer(async (request, response) => {
    try {
      if (request.method === 'POST') return await receive(request, response)
      const process = await git.stream(['receive-pack', '--http-backend-info-refs', '.'], { repository })
      response.setHeader('content-type', 'application/x-git-receive-pack-advertisement')
      response.write(Buffer.concat([encodePkt('# service=git-receive-pack\n'), flushPkt]))
      await pipeline(process.stdout, response)
    } catch (error) {
      errors.push(error)
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    exits,
    errors,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('a push', () => {
  let fixture: GitFixture
  let repository: string
  let clone: string
  beforeEach(async () => {
    fixture = await openGit({ pushBytes: 8 * 1024 ** 2 })
    repository = await fixture.createRepository()
    clone = await mkdtemp(join(fixture.folder, 'clone-'))
    await stockGit(clone, 'init', '-q', '-b', 'main')
    await writeFile(join(clone, 'file'), 'pushed\n')
    await stockGit(clone, 'add', '.')
    await stockGit(clone, 'commit', '-q', '-m', 'one')
  })
  afterEach(() => fixture[Symbol.asyncDispose]())

  const refs = async (): Promise<string> =>
    (await fixture.git.run(['for-each-ref', '--format=%(refname)'], { repository })).stdout.toString().trim()
  const remains = async (): Promise<string[]> =>
    (await readdir(join(repository, 'objects'))).filter((name) => name.startsWith('tmp_'))
  const failure = (pushing: Promise<unknown>): Promise<string> =>
    pushing.then(
      () => assert.fail('the push went through'),
      (error: { stderr?: string }) => error.stderr ?? 'no words of git',
    )

  it('can be read in its quarantine, and lands when it is allowed', async () => {
    const head = await stockGit(clone, 'rev-parse', 'HEAD')
    let seen: PreReceive | undefined
    await using server = await serve(fixture, repository, {
      async onPush({ hook, asked, request }) {
        seen = asked
        assert.ok(sameCommands(asked.commands, request.commands))
        assert.equal(await fixture.git.objects(repository).info(head), undefined)
        assert.ok(asked.quarantine)
        const quarantined = fixture.git.objects(repository, { objectDirectory: asked.quarantine })
        assert.equal((await quarantined.read(`${head}:file`))?.content.toString(), 'pushed\n')
        const log = await fixture.git.run(['rev-list', head, '--not', '--all'], {
          repository,
          objectDirectory: asked.quarantine,
        })
        assert.equal(log.stdout.toString().trim(), head)
        quarantined.end()
        say(hook, ['Waiting for a tap.'])
        answer(hook, { allow: true, message: ['Thank you.'] })
      },
    })
    await stockGit(clone, 'push', '-q', '-o', 'one=1', '-o', 'two words', server.url, 'main', 'main:refs/tags/v1')
    assert.deepEqual(seen?.options, ['one=1', 'two words'])
    assert.deepEqual(
      seen?.commands.map(({ ref, oldOid, newOid }) => [ref, oldOid, newOid]),
      [
        ['refs/heads/main', zeroOid, head],
        ['refs/tags/v1', zeroOid, head],
      ],
    )
    assert.equal(await refs(), 'refs/heads/main\nrefs/tags/v1')
    assert.deepEqual(server.errors, [])
    assert.deepEqual(await remains(), [])
  })

  it('shows the sentences and leaves nothing when it is denied', async () => {
    await using server = await serve(fixture, repository, {
      onPush: async ({ hook }) =>
        answer(hook, { allow: false, message: ['main is protected.', 'forged\nallow\u001b[2J'] }),
    })
    const said = await failure(stockGit(clone, 'push', server.url, 'main'))
    assert.match(said, /remote: main is protected\./)
    assert.match(said, /remote: forged allow \[2J/)
    assert.match(said, /! \[remote rejected\] main -> main \(pre-receive hook declined\)/)
    assert.equal(await refs(), '')
    assert.deepEqual(await remains(), [])
    assert.deepEqual(await readdir(join(repository, 'objects', 'pack')), [])
  })

  it('is denied when the server goes away without an answer', async () => {
    await using server = await serve(fixture, repository, { onPush: async ({ hook }) => void hook.destroy() })
    assert.match(
      await failure(stockGit(clone, 'push', server.url, 'main')),
      /server went away.*\n.*\n.*remote rejected/s,
    )
    assert.equal(await refs(), '')
  })

  it('can be refused before its pack is looked at', async () => {
    await using server = await serve(fixture, repository, { refuse: true })
    const said = await failure(stockGit(clone, 'push', server.url, 'main', 'main:refs/heads/other'))
    assert.match(said, /remote: main is protected\.\s+\nremote: Open a pull request\./)
    assert.match(said, /! \[remote rejected\] main -> main \(protected\)/)
    assert.match(said, /! \[remote rejected\] main -> other \(protected\)/)
  })

  it('dies with its client, and the sweep leaves no trace of it', async () => {
    const waiting = Promise.withResolvers<void>()
    await using server = await serve(fixture, repository, {
      onPush: async () => waiting.resolve(),
    })
    const client = spawn('git', ['push', server.url, 'main'], { cwd: clone, stdio: 'ignore', detached: true })
    const gone = once(client, 'exit')
    await waiting.promise
    assert.notDeepEqual(await remains(), [])
    process.kill(-(client.pid ?? 0), 'SIGKILL')
    await gone
    assert.equal(((await server.exits[0]) as { killed: boolean }).killed, true)
    sweep(fixture.root)
    assert.deepEqual(await remains(), [])
    assert.equal(await refs(), '')
  })

  it('is refused above the size limit, and with a corrupt object', async () => {
    await using server = await serve(fixture, repository, {
      onPush: async ({ hook }) => answer(hook, { allow: true, message: [] }),
    })
    await writeFile(join(clone, 'file'), randomBytes(9 * 1024 ** 2))
    await stockGit(clone, 'commit', '-q', '-a', '-m', 'large')
    assert.match(await failure(stockGit(clone, 'push', server.url, 'main')), /pack exceeds maximum allowed size/)
    const blob = await stockGit(clone, 'rev-parse', 'HEAD~1:file')
    await writeFile(join(clone, 'tree'), Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]))
    const tree = await stockGit(clone, 'hash-object', '-w', '-t', 'tree', '--literally', 'tree')
    const commit = await stockGit(clone, 'commit-tree', tree, '-m', 'evil')
    assert.match(await failure(stockGit(clone, 'push', server.url, `${commit}:refs/heads/evil`)), /hasDotgit/)
    assert.equal(await refs(), '')
    assert.deepEqual(await remains(), [])
  })

  it('cannot reach the hidden references', async () => {
    await using server = await serve(fixture, repository, {
      onPush: async ({ hook }) => answer(hook, { allow: true, message: [] }),
    })
    for (const ref of ['refs/postern/seals', 'refs/pull/1/head']) {
      assert.match(await failure(stockGit(clone, 'push', server.url, `main:${ref}`)), /deny updating a hidden ref/)
    }
    assert.equal(await refs(), '')
  })

  it('is refused when the hook cannot be executed: git alone would let it through', async () => {
    const hook = join(fixture.folder, 'git', 'hooks', 'pre-receive')
    await rename(hook, `${hook}.gone`)
    await assert.rejects(fixture.git.stream(['receive-pack', '--stateless-rpc', '.'], { repository }), {
      code: 'git-hook-missing',
    })
  })
})

describe('readPreReceive', () => {
  const oid = '1'.repeat(40)
  const command = `${zeroOid} ${oid} refs/heads/main\n`

  async function read(...parts: string[]): Promise<PreReceive | undefined> {
    const hook = new PassThrough()
    for (const part of parts) hook.write(part)
    hook.end()
    return readPreReceive(hook, '/repository.git')
  }

  it('keeps a command that hides in an option an option', async () => {
    const option = `a\n${zeroOid} ${'2'.repeat(40)} refs/heads/other`
    const read1 = await read(`/x/objects/tmp_objdir-incoming-AbC123\0`, '\0\0', `2\0${option}\0b\0`, `${command}\0`)
    assert.deepEqual(read1?.options, [option, 'b'])
    assert.deepEqual(read1.commands, [{ ref: 'refs/heads/main', oldOid: zeroOid, newOid: oid }])
    assert.equal(read1.quarantine, '/repository.git/objects/tmp_objdir-incoming-AbC123')
  })

  it('says what git made of a certificate', async () => {
    const asked = await read('/x/objects/tmp_objdir-incoming-AbC123\0', `${oid}\0OK\0`, '0\0', `${command}\0`)
    assert.deepEqual(asked?.certificate, { oid, nonceStatus: 'OK' })
  })

  it('answers nothing when git ended without asking', async () => {
    assert.equal(await read(), undefined)
  })

  it('needs no quarantine for a push that only deletes', async () => {
    const read1 = await read('\0', '\0\0', '0\0', `${oid} ${zeroOid} refs/heads/gone\n\0`)
    assert.equal(read1?.quarantine, undefined)
    await assert.rejects(read('\0', '\0\0', '0\0', `${command}\0`), { code: 'pre-receive-malformed' })
  })

  it('refuses what the hook cannot have said', async () => {
    const quarantine = '/x/objects/tmp_objdir-incoming-AbC123'
    const attacks = [
      ['/x/objects', '0', command],
      ['/x/tmp_objdir-incoming-../..', '0', command],
      [quarantine, 'x', command],
      [quarantine, '0', command, 'more'],
      [quarantine, '0', 'not a command\n'],
      [quarantine, '0', `${zeroOid} ${oid} refs/heads/../x\n`],
      [quarantine, '1', 'option'],
    ].map(([first, ...fields]) => `${[first, '', '', ...fields].join('\0')}\0`)
    for (const attack of attacks)
      await assert.rejects(read(attack), { code: 'pre-receive-malformed' }, JSON.stringify(attack))
  })

  it('tells a hidden second command from what was read off the wire', () => {
    const wire = [{ ref: 'refs/heads/main', oldOid: zeroOid, newOid: oid }]
    assert.ok(sameCommands(wire, [...wire]))
    assert.ok(!sameCommands(wire, [...wire, { ref: 'refs/heads/other', oldOid: zeroOid, newOid: oid }]))
    assert.ok(!sameCommands(wire, [{ ...wire[0]!, newOid: '3'.repeat(40) }]))
  })
})
