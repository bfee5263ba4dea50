import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import Fastify from 'fastify'
import { createLfsRoom } from './limits.ts'
import { findLfsObject, keepLfsObject, openLfsObject, sumLfsObjects } from './object-store.ts'
import { parseLfsPointer } from './pointer.ts'
import { sendLfsObject } from './send-object.ts'

let folder = ''
let made = 0
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lfs-'))
})
after(() => rm(folder, { recursive: true }))

async function newRepository(): Promise<string> {
  const path = join(folder, `${(made += 1)}.git`)
  await mkdir(path)
  return path
}
const oidOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
const arriving = (content: Buffer, more: Partial<Parameters<typeof keepLfsObject>[1]> = {}) => ({
  oid: oidOf(content),
  size: content.length,
  body: Readable.from([content.subarray(0, 10), content.subarray(10)]),
  mayStay: () => Promise.resolve(),
  ...more,
})
const filesIn = async (repository: string): Promise<string[]> =>
  (await readdir(repository, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)

test('a large file stands under its name when it is whole, and a second time is the same', async () => {
  const repository = await newRepository()
  const content = randomBytes(200_000)
  const oid = oidOf(content)
  assert.equal(await findLfsObject(repository, oid), undefined)
  await keepLfsObject(repository, arriving(content))
  await keepLfsObject(repository, arriving(content))
  assert.deepEqual(await filesIn(repository), [oid])
  assert.equal(await findLfsObject(repository, oid), content.length)
  const opened = (await openLfsObject(repository, oid)) ?? assert.fail()
  assert.deepEqual(await opened.handle.readFile(), content)
  await opened.handle.close()
  assert.equal(await sumLfsObjects(repository), content.length)
  assert.equal(await findLfsObject(await newRepository(), oid), undefined)
})

test('nothing stays of other bytes, of more, of fewer, of half, or of what its bringer may no longer bring', async () => {
  const repository = await newRepository()
  const content = randomBytes(5000)
  const other = randomBytes(5000)
  const half = Readable.from(
    (async function* () {
      yield content.subarray(0, 2500)
      throw new Error('gone')
    })(),
  )
  for (const [wrong, words] of [
    [{ body: Readable.from([other]) }, /not the file that was named/],
    [{ body: Readable.from([content, other]) }, /not the file that was named/],
    [{ body: Readable.from([content.subarray(1)]) }, /not the file that was named/],
    [{ size: 4999 }, /not the file that was named/],
    [{ body: half }, /gone/],
    [{ mayStay: () => Promise.reject(new Error('you may not')) }, /you may not/],
    [{ signal: AbortSignal.abort() }, /abort/],
  ] as const)
    await assert.rejects(keepLfsObject(repository, arriving(content, wrong)), words)
  assert.deepEqual(await filesIn(repository), [])
  for (const name of ['../../../etc/passwd', '', 'A'.repeat(64), `${oidOf(content)}/..`])
    await assert.rejects(keepLfsObject(repository, arriving(content, { oid: name })), TypeError)
})

test('nothing stays of what fails before the disk has made its file', async (context) => {
  const { open: openNow } = fs
  // A busy disk: a stream that opens its file by itself does so after the failure, and after what cleans up behind it.
  context.mock.method(fs, 'open', (...args: Parameters<typeof openNow>) => setTimeout(() => openNow(...args), 30))
  const repository = await newRepository()
  const tooMuch = arriving(randomBytes(5000), { size: 4999 })
  await assert.rejects(keepLfsObject(repository, tooMuch), /not the file that was named/)
  await pause(60)
  assert.deepEqual(await filesIn(repository), [])
})

test('a repository that was deleted while a file came is not made again', async () => {
  const repository = await newRepository()
  const content = randomBytes(5000)
  const mayStay = (): Promise<void> => rm(repository, { recursive: true })
  await assert.rejects(keepLfsObject(repository, arriving(content, { mayStay })), { status: 404 })
  await assert.rejects(keepLfsObject(repository, arriving(content)), { status: 404 })
  await assert.rejects(readdir(repository), { code: 'ENOENT' })
})

test('room is kept for what arrives, so that two together do not take what one may', async () => {
  const repository = await newRepository()
  const room = createLfsRoom({ objectBytes: 600, repositoryBytes: 1000 }, () => 0)
  const [one, two] = [randomBytes(600), randomBytes(600)]
  const take = (content: Buffer) => room.take(repository, { oid: oidOf(content), size: content.length })
  await assert.rejects(take(randomBytes(601)), { status: 413, code: 'lfs-too-large' })
  const both = await Promise.allSettled([take(one), take(two)])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  const [first] = both
  if (first.status !== 'fulfilled') assert.fail()
  await keepLfsObject(repository, arriving(one))
  first.value.isKept()
  first.value[Symbol.dispose]()
  await assert.rejects(take(two), { status: 507, code: 'lfs-no-room' })
  // What is here takes no more room.
  const again = await take(one)
  again[Symbol.dispose]()
  await room.check(repository, 400)
})

test('what is here already takes no room a second time, and nothing of another size comes in under its name', async () => {
  const repository = await newRepository()
  const content = randomBytes(400_000)
  const oid = oidOf(content)
  await keepLfsObject(repository, arriving(content))
  const standing: string[][] = []
  async function* again() {
    for (let at = 0; at < content.length; at += 20_000) {
      standing.push(await filesIn(repository))
      yield content.subarray(at, at + 20_000)
    }
  }
  await keepLfsObject(repository, arriving(content, { body: Readable.from(again()) }))
  assert.deepEqual(new Set(standing.flat()), new Set([oid]))
  const other = { body: Readable.from([randomBytes(content.length)]) }
  await assert.rejects(keepLfsObject(repository, arriving(content, other)), { code: 'lfs-other-bytes' })
  const room = createLfsRoom({ objectBytes: 500_000, repositoryBytes: 500_000 }, () => 0)
  await assert.rejects(room.take(repository, { oid, size: 10 ** 15 }), { status: 422, code: 'lfs-other-bytes' })
})

test('a sum that the disk does not tell is no sum', async () => {
  const repository = await newRepository()
  await mkdir(join(repository, 'lfs'))
  await writeFile(join(repository, 'lfs', 'objects'), 'no folder')
  await assert.rejects(sumLfsObjects(repository), { code: 'ENOTDIR' })
})

test('whoever asks for the headers alone is read nothing for', async () => {
  const repository = await newRepository()
  const size = 512 * 1024 ** 2
  const handle = await open(join(repository, 'film'), 'w+')
  await handle.truncate(size)
  const app = Fastify()
  app.get('/film', (_request, reply) => sendLfsObject(reply, { handle, size }))
  const { statusCode, headers } = await app.inject({ method: 'HEAD', url: '/film' })
  assert.deepEqual([statusCode, headers['content-length'], handle.fd], [200, String(size), -1])
  await app.close()
})

test('knows a pointer of Git LFS as git-lfs does, and no file that only begins like one', () => {
  const oid = 'a'.repeat(64)
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 5\n`
  assert.deepEqual(parseLfsPointer(pointer), { oid, size: 5 })
  assert.deepEqual(parseLfsPointer(pointer.replace('\noid', `\next-0-x sha256:${'b'.repeat(64)}\noid`)), {
    oid,
    size: 5,
  })
  assert.deepEqual(parseLfsPointer(pointer.trimEnd()), { oid, size: 5 })
  for (const other of [
    `x${pointer}`,
    pointer.replace('sha256', 'md5'),
    pointer + 'x'.repeat(1000),
    '',
    // A script that does more than it shows, where a page shows the file that it names.
    `${pointer}rm -rf ~\n`,
    pointer.replace('\noid', '\nrm -rf ~\noid'),
    pointer.replace('\noid', '\next-0-x sha256:b;rm -rf ~\noid'),
  ])
    assert.equal(parseLfsPointer(other), undefined, other)
})
