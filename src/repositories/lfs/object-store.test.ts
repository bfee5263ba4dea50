import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { createLfsRoom } from './limits.ts'
import { findLfsObject, keepLfsObject, openLfsObject, sumLfsObjects } from './object-store.ts'
import { parseLfsPointer } from './pointer.ts'

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

test('knows a pointer of Git LFS, whatever else stands in it', () => {
  const oid = 'a'.repeat(64)
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 5\n`
  assert.deepEqual(parseLfsPointer(pointer), { oid, size: 5 })
  assert.deepEqual(parseLfsPointer(pointer.replace('\noid', '\next-0-x sha256:b\noid')), { oid, size: 5 })
  for (const other of [`x${pointer}`, pointer.replace('sha256', 'md5'), pointer + 'x'.repeat(1000), ''])
    assert.equal(parseLfsPointer(other), undefined)
})
