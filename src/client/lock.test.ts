import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from './lock.ts'

async function inFolder(work: (lock: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-lock-'))
  try {
    await work(join(folder, 'lock'), folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function leave(lock: string, holder: string, at = new Date()): Promise<void> {
  await mkdir(lock)
  await writeFile(join(lock, holder), '')
  await utimes(join(lock, holder), at, at)
}

test('one at a time, also after one that failed, and nothing is left', () =>
  inFolder(async (lock, folder) => {
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await new Promise((done) => setImmediate(done))
      inside -= 1
    }
    await assert.rejects(
      withLock(
        lock,
        () => undefined,
        () => Promise.reject(new Error('no')),
      ),
      /no/,
    )
    await Promise.all([1, 2, 3].map(() => withLock(lock, () => undefined, work)))
    assert.equal(most, 1)
    assert.deepEqual(await readdir(folder), [])
  }))

test('what a process left behind that is no more holds up nobody', () =>
  inFolder(async (lock) => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await leave(lock, `${pid}.stopped`)
    assert.equal(
      await withLock(
        lock,
        () => undefined,
        () => Promise.resolve('in'),
      ),
      'in',
    )
    // Of one that has its number again, and of one that was cut off while it let go.
    await leave(lock, `${process.pid}.former`, new Date(Date.now() - 3_600_000))
    assert.equal(
      await withLock(
        lock,
        () => undefined,
        () => Promise.resolve('in'),
      ),
      'in',
    )
    await mkdir(lock)
    assert.equal(
      await withLock(
        lock,
        () => undefined,
        () => Promise.resolve('in'),
      ),
      'in',
    )
  }))

test('what a process of another machine holds, which shares this folder, is waited for', () =>
  inFolder(async (lock, folder) => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await leave(lock, `${pid}.there.another-machine`)
    const waits = Promise.withResolvers<void>()
    let isLetGo = false
    const taken = withLock(lock, waits.resolve, () => Promise.resolve(isLetGo))
    await waits.promise
    // Many times over what it takes to clear a lock and to take it.
    for (let turn = 0; turn < 200; turn++) await readdir(folder)
    isLetGo = true
    await rm(lock, { recursive: true, force: true })
    assert.equal(await taken, true)
  }))

test('an attack: of several that find what was left behind, one holds it at a time', () =>
  inFolder(async (lock) => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      for (let turn = 0; turn < 10; turn++) await readdir(lock)
      inside -= 1
    }
    for (let round = 0; round < 5; round++) {
      await leave(lock, `${pid}.stopped`)
      await Promise.all([1, 2, 3].map(() => withLock(lock, () => undefined, work)))
    }
    assert.equal(most, 1)
  }))
