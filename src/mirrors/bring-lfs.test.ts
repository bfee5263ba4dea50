import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createOutbound, type Outbound, type OutboundAnswer } from '../outbound/outbound.ts'
import { createLfsRoom } from '../repositories/lfs/limits.ts'
import { lfsEndpoint } from './ask-lfs-batch.ts'
import { bringLfs } from './bring-lfs.ts'

const one = { oid: '1'.repeat(64), size: 5 }
const two = { oid: '2'.repeat(64), size: 6 }
const unused = (): never => assert.fail('nothing is asked outside')

/** @param say what the other server answers to a batch */
function bring(
  url: string,
  say?: () => Partial<OutboundAnswer>,
  more: { signal?: AbortSignal; open?: Outbound['open']; folder?: string; mostMs?: number } = {},
) {
  const {
    signal = new AbortController().signal,
    open = async () => unused(),
    folder = '/nowhere',
    mostMs = 60_000,
  } = more
  const outbound = {
    ...createOutbound({ allow: [], resolve: unused }),
    request: async () => ({ status: 200, headers: [], body: Buffer.alloc(0), isCut: false, ...(say ?? unused)() }),
    open,
  }
  return bringLfs(
    { outbound, lfsRoom: createLfsRoom({ objectBytes: 100, repositoryBytes: 1000 }, () => 0) },
    {
      remote: { url, username: '', password: undefined },
      folder,
      pointers: [one, two, one],
      mostMs,
      signal,
      onProgress: () => undefined,
    },
  )
}
const answering = (objects: unknown) => () => ({ body: Buffer.from(JSON.stringify({ objects })) })
const nothing = { brought: 0, bytes: 0, missing: 2 }

test('over SSH large files are not brought, and each counts once', async () => {
  const reason = 'Over SSH they are not brought.'
  assert.deepEqual(await bring('ssh://git@git.example.com/team/api.git'), { ...nothing, reason })
})

test('an address that is less safe than the import’s own is not asked', async () => {
  const objects = [one, two].map(({ oid }) => ({ oid, actions: { download: { href: 'http://git.example.com/x' } } }))
  assert.deepEqual(await bring('https://git.example.com/api.git', answering(objects)), {
    ...nothing,
    reason: 'The other server names an address without https.',
  })
})

test('whatever a stranger answers, it is said in a sentence and ends nothing', async () => {
  for (const [say, reason] of [
    [() => ({ status: 403 }), /does not give them out/],
    [() => ({ status: 404 }), /has no Git LFS at this address \(404\)/],
    [() => ({ body: Buffer.from('<html>') }), /could not be read/],
    [() => ({ body: Buffer.from('{"objects":{}}') }), /could not be read/],
    [() => ({ body: Buffer.from('{"objects":[]}'), isCut: true }), /could not be read/],
    [answering([]), /said nothing of one of them/],
    [answering([null, 7, { oid: one.oid, actions: { download: { href: 'not an address' } } }]), /said nothing/],
    [
      answering([{ oid: one.oid, error: { code: 404, message: 'x' } }, { oid: two.oid }]),
      /does not have it|said nothing/,
    ],
  ] as const) {
    const brought = await bring('https://git.example.com/api.git', say)
    assert.match(brought.reason ?? '', reason)
    assert.deepEqual({ ...brought, reason: null }, { ...nothing, reason: null })
  }
})

test('an import that is given up stops', async () => {
  const refused = bring('https://git.example.com/api.git', () => ({ status: 500 }), {
    signal: AbortSignal.abort(),
  })
  await assert.rejects(refused, { name: 'AbortError' })
})

test('what the other server sends is let go of, and does not last for ever', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bring-'))
  const objects = [one, two].map(({ oid }) => ({
    oid,
    actions: { download: { href: `https://git.example.com/${oid}` } },
  }))
  const bodies: Readable[] = []
  const sending =
    (send: () => Readable): Outbound['open'] =>
    async (_url, { signal }) => {
      signal.throwIfAborted()
      const body = send()
      bodies.push(body)
      // An answer of `node:http` that is cut off before somebody listens ends nothing but itself.
      body.on('error', () => undefined)
      signal.addEventListener('abort', () => body.destroy(new Error('given up')))
      return { status: 200, headers: [], body: body as IncomingMessage }
    }
  const url = 'https://git.example.com/api.git'
  const endless = () => new Readable({ read: () => undefined })
  const wrong = () => Readable.from([Buffer.alloc(100), Buffer.alloc(100), Buffer.alloc(100)])
  const other = await bring(url, answering(objects), { folder, open: sending(wrong) })
  assert.deepEqual(other, { ...nothing, reason: 'What the other server sent is another file.' })
  assert.deepEqual(
    bodies.map(({ destroyed }) => destroyed),
    [true, true],
  )
  const late = await bring(url, answering(objects), { folder, open: sending(endless), mostMs: 1 })
  assert.deepEqual(late, { ...nothing, reason: 'It took longer than an operation may take here.' })
  await rm(folder, { recursive: true })
})

test('finds the address as git-lfs does', () => {
  for (const url of ['https://x.example/a/b', 'https://x.example/a/b.git', 'https://x.example/a/b.git/'])
    assert.equal(lfsEndpoint({ url }), 'https://x.example/a/b.git/info/lfs')
})
