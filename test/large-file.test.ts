import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import { startPostern } from './support/start-postern.ts'

test('a file of 101 MB is over the limit of a server as it comes: named in the terminal, and nothing of it stays', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const token = await ana.makeToken('laptop')
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const work = join(postern.folder, 'work')
  await mkdir(work)
  const inWork = (...args: string[]): Promise<string> =>
    gitOrThrow(work, [...withToken(token), ...args], commitAs('Ana', 'ana@example.com', Date.now()))
  await inWork('init', '--quiet', '--initial-branch=main')
  await inWork('remote', 'add', 'origin', `${postern.origin}/acme/widgets.git`)
  await inWork('commit', '--quiet', '--allow-empty', '--message', 'Begin')
  await inWork('push', '--quiet', 'origin', 'main')
  const before = await inWork('ls-remote', 'origin')

  await mkdir(join(work, 'films'))
  await writeFile(join(work, 'films', 'big.bin'), Buffer.alloc(101 * 1024 ** 2))
  await inWork('add', '--all')
  await inWork('commit', '--quiet', '--message', 'Add a film')
  const { code, stderr } = await git(work, [...withToken(token), 'push', 'origin', 'HEAD:films'])
  assert.notEqual(code, 0)
  const said = stderr.split('\n').filter((line) => /^remote: \S/.test(line))
  assert.deepEqual(
    said.map((line) => line.trimEnd()),
    ['remote: films/big.bin has 101 MB; files may have 100 MB here. Take it out of your commits and push again.'],
  )
  assert.equal(await inWork('ls-remote', 'origin'), before)
  const kept = await readdir(join(postern.folder, 'data', 'repositories'), { recursive: true })
  assert.deepEqual(
    kept.filter((name) => name.includes('tmp_objdir')),
    [],
  )

  await inWork('reset', '--quiet', '--hard', 'HEAD~1')
  await inWork('commit', '--quiet', '--allow-empty', '--message', 'Without it')
  await inWork('push', '--quiet', 'origin', 'HEAD:films')

  // A name that is longer than a file's can be, of a file that is here already; and without it.
  const blob = await inWork('hash-object', '-w', '-t', 'blob', '/dev/null')
  await inWork('update-index', '--add', '--cacheinfo', `100644,${blob.trim()},films/${'n'.repeat(256)}`)
  await inWork('commit', '--quiet', '--message', 'Add a name')
  const named = await git(work, [...withToken(token), 'push', 'origin', 'HEAD:names'])
  assert.notEqual(named.code, 0)
  assert.match(
    named.stderr,
    /remote: A name in the path films\/n+… has more than 255 characters, .*\. Rename it in your commits and push again\./,
  )
  assert.doesNotMatch(await inWork('ls-remote', 'origin'), /names/)
})
