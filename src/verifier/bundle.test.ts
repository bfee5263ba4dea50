import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildVerifier } from '../commands/bundles.ts'
import { renderNoteKey } from '../protocols/tlog/note.ts'
import { SealedRepository } from './sealed-repository-testing.ts'
import { approve, update } from './sealed-review-testing.ts'
import { addKey, securityKey, signedPush } from './signed-push-testing.ts'

let folder: string
let bundle: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-bundle-'))
  bundle = join(folder, 'postern-verify.mjs')
  await buildVerifier(bundle)
})
after(() => rm(folder, { recursive: true }))

/** The Node that a person without this project's packages has. */
function systemNode(): { path: string; version: number } | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((one) => !one.includes('node_modules'))
  for (const one of folders) {
    const { status, stdout } = spawnSync(join(one, 'node'), ['-p', 'process.versions.node'])
    if (status === 0) return { path: join(one, 'node'), version: Number.parseInt(stdout.toString(), 10) }
  }
  return undefined
}

test('the bundle is one executable file that imports nothing but Node', async () => {
  const source = await readFile(bundle, 'utf8')
  assert.ok(source.startsWith('#!/usr/bin/env node\n'))
  const imported = [...source.matchAll(/^import .* from ["'](.*)["'];?$/gm)].map((found) => found[1] ?? '')
  assert.ok(imported.length > 0)
  assert.deepEqual(
    imported.filter((name) => !name.startsWith('node:')),
    [],
  )
  assert.doesNotMatch(source, /\b(?:import|require)\((?!["']node:)/)
})

for (const [name, node] of [
  ['the Node of this project', { path: process.execPath, version: 26 }],
  ['the Node of the system', systemNode()],
] as const) {
  const skip = node === undefined || node.version < 20 ? 'no other Node of at least 20 here' : false
  test(`the bundle watches ledgers and cosigns them under ${name}`, { skip }, async () => {
    const key = renderNoteKey({ name: 'git.example.com/ledger', publicKey: Buffer.alloc(32, 1) })
    const run = (...args: string[]) =>
      spawn(node?.path ?? '', [bundle, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    const keep = join(folder, `witness-${node?.version}`)
    const witness = run('witness', '--name', 'w', '--log', key, '--keep', keep, '--listen', '127.0.0.1:0')
    const [said] = (await once(witness.stderr, 'data')) as [Buffer]
    const url = /http:\S+(?=\/add)/.exec(said.toString())?.[0] ?? assert.fail(said.toString())
    assert.equal((await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'old 0\n\nx' })).status, 400)
    const watching = run('ledger', 'watch', url, '--key', key, '--keep', join(folder, 'none'))
    const [told] = (await once(watching.stderr, 'data')) as [Buffer]
    assert.match(told.toString(), /cannot be read: it answered 404 \[checkpoint-unreadable\]/)
    witness.kill('SIGTERM')
    assert.deepEqual(await once(witness, 'exit'), [0, null])
  })

  test(`the bundle judges under ${name}`, { skip }, () => {
    using repository = new SealedRepository()
    const head = repository.commit([repository.tip], 'Propose')
    approve(repository, repository.admit('bob'), { head })
    repository.merge(repository.ada, { head })
    update(repository, repository.ada, { action: 'push', tip: repository.commit([repository.tip], 'Push') })
    for (const type of ['sk-ssh-ed25519', 'sk-ecdsa-sha2-nistp256'] as const) {
      const key = securityKey(type)
      const entry = addKey(repository, repository.ada, key)
      signedPush(repository, key, entry, { tip: repository.commit([repository.tip], type) })
    }
    repository.publish()
    const clone = repository.clone()
    const run = () => spawnSync(node?.path ?? '', [bundle, clone], { encoding: 'utf8' })
    const proven = run()
    assert.equal(proven.stderr, '')
    assert.equal(proven.status, 0)
    assert.match(proven.stdout, /4 changes since protection began: all proven/)
    assert.match(proven.stdout, /1 of 4 changes have two people/)
    spawnSync('git', [
      '-C',
      clone,
      '-c',
      'user.name=Eve',
      '-c',
      'user.email=e@x',
      'commit',
      '--allow-empty',
      '-qm',
      'Sneak',
    ])
    assert.equal(run().status, 1)
  })
}
