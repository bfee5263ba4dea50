import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { globSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { sentenceOf } from '../src/commands/say.ts'
import { lockDataFolder } from '../src/database/lock.ts'
import { openDatabase } from '../src/database/open.ts'
import { postern } from './support/command.ts'
import { readGuide } from './support/guide.ts'
import { postgresFlags } from './support/postgres.ts'
import { freePort } from './support/start-postern.ts'

describe('a start that cannot be served is refused in one line that says what to do', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-start-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function refusedStart(args: string[], env: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await postern(['serve', ...args], env)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^postern serve: [^\n]+\n$/)
    return stderr
  }

  test('an unknown POSTERN_ variable', async () => {
    assert.match(await refusedStart([], { POSTERN_PROT: '1' }), /POSTERN_PROT is not a setting/)
  })

  test('a taken port', async () => {
    const port = await freePort()
    const other = createServer().listen(port, '127.0.0.1')
    try {
      assert.match(
        await refusedStart(['--port', String(port), '--data', join(folder, 'taken')]),
        new RegExp(`port ${port} is taken.*--port ${port + 1}`),
      )
      const free = ['--port', String(await freePort()), '--data', join(folder, 'taken')]
      assert.match(
        await refusedStart([...free, '--ssh-port', String(port)]),
        new RegExp(`port ${port} is taken.*--ssh-port ${port + 1}`),
      )
    } finally {
      other.close()
    }
  })

  test('no git, or none in PATH', async () => {
    const flags = ['--port', String(await freePort()), '--data', join(folder, 'gitless')]
    assert.match(await refusedStart(flags, { PATH: folder }), /git was not found: install git 2\.38 or newer/)
  })

  test('a second server on one data folder', async () => {
    const unlock = lockDataFolder(folder)
    assert.match(await refusedStart(['--data', folder]), /another server already uses .*--data/)
    unlock?.()
  })

  test('a folder that cannot be written', async () => {
    assert.match(
      await refusedStart(['--data', '/sys/postern']),
      /\/sys\/postern.* cannot be written.*--data.* this user \(\d+\) /,
    )
  })

  test('a file where the folder should be', async () => {
    await writeFile(join(folder, 'file'), '')
    assert.match(await refusedStart(['--data', join(folder, 'file')]), /is not a folder.*--data/)
    assert.match(await refusedStart(['--data', join(folder, 'file', 'below')]), /is not a folder.*--data/)
  })

  test('an address that people’s passkeys do not belong to', async () => {
    const data = await mkdtemp(join(folder, 'moved-'))
    const database = await openDatabase(`sqlite:${join(data, 'postern.db')}`)
    await database.write((tx) =>
      tx
        .insertInto('instance')
        .values({ id: 1, createdAt: 1, setUpAt: 1, rpId: 'git.example.com', origin: 'https://git.example.com' })
        .execute(),
    )
    await database.close()
    assert.match(
      await refusedStart(['--data', data]),
      /passkeys belong to git\.example\.com.*postern admin rehome --url http:\/\/localhost:7400/,
    )
  })

  test('a database that does not answer', async () => {
    const port = await freePort()
    assert.match(
      await refusedStart(['--data', join(folder, 'pg'), ...postgresFlags(`postgres://x@127.0.0.1:${port}/x`)]),
      /the database does not answer.*POSTERN_DATABASE_URL/,
    )
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND database'), {
      code: 'ENOTFOUND',
      hostname: 'database',
    })
    assert.match(sentenceOf(unknown), /^no address was found for database\. .*POSTERN_DATABASE_URL/)
  })

  test('a command, or an operator’s command, that does not exist, or data that does not', async () => {
    assert.equal((await postern(['sevre'])).code, 2)
    const { code, stderr } = await postern(['admin', 'setup-links'])
    assert.deepEqual(
      [code, stderr],
      [1, 'postern admin setup-links: there is no such command. See postern admin --help.\n'],
    )
    const nowhere = await postern(['admin', 'setup-link', '--data', join(folder, 'nothing')])
    assert.deepEqual(
      [nowhere.code, nowhere.stderr],
      [
        1,
        `postern admin setup-link: ${join(folder, 'nothing')} does not exist. Say where the server keeps its data: --data FOLDER\n`,
      ],
    )
    // An empty one would be taken for an instance on which nobody is.
    await mkdir(join(folder, 'empty'))
    const empty = await postern(['admin', 'setup-link', '--data', join(folder, 'empty')])
    assert.equal(empty.code, 1)
    assert.match(empty.stderr, /^postern admin setup-link: there is no database in .*--data FOLDER, or .*PostgreSQL/)
    assert.deepEqual(await readdir(join(folder, 'empty')), [])
    const built = await postern(['build', '--quick'])
    assert.deepEqual([built.code, built.stderr.includes('--quick')], [1, true])
  })
})

test('every command says what it is for, and the guide and the help of the server name the same settings', async () => {
  for (const command of ['admin', 'build'])
    assert.match((await postern([command, '--help'])).stdout, new RegExp(`^postern ${command}`))
  const { stdout: help } = await postern(['serve', '--help'])
  const rows = (await readGuide('operate.md')).rows('variable')
  const namesIn = (text: string): string[] =>
    [...new Set(text.match(/(?<![\w-])(?:POSTERN_[A-Z_]+|--[a-z-]+)/g))].sort()
  const told = namesIn(rows.flatMap(([variables, flags]) => [variables, flags]).join(' '))
  assert.deepEqual(
    namesIn(help).filter((name) => name !== '--demo'),
    told,
  )
})

test('the first start prints one link that makes the first owner, the way to it from elsewhere, and fills in the example', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-start-'))
  const port = await freePort()
  const start = ['serve', '--demo', '--port', String(port), '--data', folder]
  const said = await postern(
    start,
    { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' },
    /an owner can remove it from Home/,
  )
  await rm(folder, { recursive: true })
  const links = said.stdout.match(/http:\S+setup#\S+/g) ?? []
  assert.deepEqual([links.length, said.stderr], [1, ''])
  assert.match(said.stdout, new RegExp(`is ready at http://localhost:${port}\n`))
  assert.match(said.stdout, /It works once, until \d\d:\d\d [A-Z]+\S*:\n/)
  assert.match(said.stdout, new RegExp(`\n {4}ssh -L ${port}:localhost:${port} \\S+@\\S+\n`))
})

test('the image, which leaves out what tests need, has all that the server imports', async () => {
  const root = join(import.meta.dirname, '..')
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const imported = new Set<string>()
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (/(\.test|-testing|commands\/bundles)\.ts$/.test(file)) continue
    const source = await readFile(join(root, file), 'utf8')
    for (const [, name = ''] of source.matchAll(
      /(?:^(?:import|export) (?!type )[^;]*?from |\bimport\(|createRequire\(import\.meta\.url\)\()'((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/gms,
    ))
      imported.add(name)
  }
  assert.ok(imported.size > 15, [...imported].join())
  assert.deepEqual([...imported].filter((name) => !(name in dependencies)).sort(), [])
})

test('npm’s commands run on the Node that the project brings, exactly pinned, though the system has an older one', async () => {
  const root = join(import.meta.dirname, '..')
  const { scripts, optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
    'scripts' | 'optionalDependencies',
    Record<string, string>
  >
  for (const [name, version] of Object.entries(optionalDependencies)) assert.match(version, /^26\.\d+\.\d+$/, name)
  for (const name of ['start', 'test', 'check', 'bench', 'dev', 'walk'])
    assert.match(scripts[name] ?? '', /^node /, name)

  const images = (await readFile(join(root, 'Dockerfile'), 'utf8')).match(/^FROM node:\d+/gm)
  assert.deepEqual(images, ['FROM node:26', 'FROM node:26'], 'the image stands on the same')

  const folder = await mkdtemp(join(tmpdir(), 'postern-node-'))
  try {
    // npm runs on whatever there is; what it starts must not find this.
    await writeFile(join(folder, 'node'), '#!/bin/sh\necho an older node was taken\nexit 1\n', { mode: 0o755 })
    const npm = (await promisify(execFile)('sh', ['-c', 'readlink -f "$(command -v npm)"'])).stdout.trim()
    const run = [npm, 'run', '--silent', 'start', '--', '--help']
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: root, env })
    assert.match(stdout, /postern serve/)
    const version = [npm, 'exec', '--offline', '--call', 'node --print process.versions.node']
    const brought = await promisify(execFile)(process.execPath, version, { cwd: root, env })
    assert.equal(brought.stdout.trim(), Object.values(optionalDependencies)[0])
  } finally {
    await rm(folder, { recursive: true })
  }
})
