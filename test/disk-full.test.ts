import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { ApiError } from '../src/walk/person.ts'
import { startPostern } from './support/start-postern.ts'

/** A small disk of its own; undefined where this machine lets nobody make one. */
function mountSmallDisk(): { folder: string; [Symbol.dispose](): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'postern-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  return {
    folder,
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('a full disk refuses in one line, loses nothing, and is over when there is room again', async (context) => {
  using disk = mountSmallDisk()
  if (disk === undefined) return context.skip('this machine lets nobody mount a small disk')
  await using postern = await startPostern({ flags: ['--data', join(disk.folder, 'data'), '--log-level', 'silent'] })
  const ana = await postern.owner()
  const token = await ana.makeToken('laptop')
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const work = join(postern.folder, 'work')
  const author = commitAs('Ana', 'ana@example.com', Date.now())
  await gitOrThrow(postern.folder, ['init', '--quiet', '--initial-branch=main', work])
  await gitOrThrow(work, ['remote', 'add', 'origin', `${postern.origin}/acme/widgets.git`])
  const commit = async (file: string, bytes: Buffer): Promise<string> => {
    writeFileSync(join(work, file), bytes)
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(work, ['commit', '--quiet', '--message', file], author)
    return (await gitOrThrow(work, ['rev-parse', 'HEAD'])).trim()
  }
  const push = (branch: string) => git(work, [...withToken(token), 'push', 'origin', `HEAD:refs/heads/${branch}`])
  const listed = (): Promise<string> => gitOrThrow(work, [...withToken(token), 'ls-remote', 'origin', 'refs/heads/*'])

  const kept = await commit('small', Buffer.from('acknowledged\n'))
  assert.equal((await push('main')).code, 0)
  const wanted = await commit('big', randomBytes(9 * 1024 ** 2))
  mkdirSync(join(disk.folder, 'ballast'))
  writeFileSync(join(disk.folder, 'ballast', 'file'), randomBytes(4 * 1024 ** 2))

  const refused = await push('big')
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /No space left|disk/i)
  assert.match(await listed(), new RegExp(`^${kept}\trefs/heads/main\n$`))
  // A large file as well, and what had arrived of it makes room again.
  const film = randomBytes(9 * 1024 ** 2)
  const oid = createHash('sha256').update(film).digest('hex')
  const large = await fetch(`${postern.origin}/acme/widgets.git/info/lfs/objects/${oid}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: film,
  })
  assert.deepEqual(
    [large.status, await large.json()],
    [
      507,
      {
        message:
          'The disk of this server is full. Nothing was kept. Tell whoever runs it; try again when there is room.',
      },
    ],
  )
  const data = readdirSync(join(disk.folder, 'data', 'repositories'), { recursive: true, withFileTypes: true })
  assert.deepEqual(
    data.filter((entry) => entry.isFile() && /[\\/]lfs([\\/]|$)/.test(entry.parentPath)),
    [],
  )

  // To the last byte, so that the database has no room either; nor in a log that was longer once.
  const database = new DatabaseSync(join(disk.folder, 'data', 'postern.db'))
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  assert.throws(() => {
    for (let count = 0; ; count += 1) writeFileSync(join(disk.folder, 'ballast', String(count)), randomBytes(64 * 1024))
  }, /ENOSPC/)
  const answer = await ana.call('POST', '/groups', { name: 'developers', description: 'x'.repeat(500) }).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(answer instanceof ApiError)
  assert.deepEqual([answer.status, answer.problem.code], [507, 'disk-full'])
  assert.equal((await ana.call<{ username: string }>('GET', '/me')).username, 'ana')

  rmSync(join(disk.folder, 'ballast'), { recursive: true })
  await gitOrThrow(work, ['reset', '--quiet', '--hard', kept])
  const later = await commit('later', Buffer.from('room again\n'))
  assert.equal((await push('later')).code, 0)
  await ana.act('POST', '/groups', { name: 'developers', description: '' })
  await postern.restart()
  assert.equal(await listed(), `${later}\trefs/heads/later\n${kept}\trefs/heads/main\n`)
  assert.notEqual(wanted, later)
})
