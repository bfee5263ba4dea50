// The scripts of docs/guides/verify.md, run as they stand there.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildVerifier } from '../commands/bundles.ts'
import { SealedRepository } from './sealed-repository-testing.ts'
import { approve } from './sealed-review-testing.ts'

const guide = await readFile(new URL('../../docs/guides/verify.md', import.meta.url), 'utf8')
const skip = process.platform === 'win32' && 'the scripts are for a POSIX shell'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-guide-'))
  await buildVerifier(join(folder, 'postern-verify.mjs'))
})
after(() => rm(folder, { recursive: true }))

/** The block of the guide that holds this line. */
function blockWith(line: string): string {
  const blocks = [...guide.matchAll(/^```sh\n([^]*?)^```$/gm)].map((found) => found[1] ?? '')
  const found = blocks.find((block) => block.includes(line))
  assert.ok(found, `the guide has no script with ${line}`)
  return found
}

function run(script: string, repository: SealedRepository, firstSigner = repository.ada.entry.fingerprint) {
  const env = {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    ADDRESS: `file://${repository.bare}`,
    ORIGIN: 'http://localhost:7400',
    FIRST_SIGNER: firstSigner,
    POSTERN_TOKEN: 'secret',
  }
  return spawnSync('sh', [script], { cwd: folder, env, encoding: 'utf8' })
}

test('the script for CI ends with 0 for two people, 1 for one, 2 for no verdict', { skip }, async () => {
  const script = join(folder, 'verify.sh')
  await writeFile(script, blockWith('#!/bin/sh'))
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.endorse(repository.ada, bob)
  const head = repository.commit([repository.tip], 'Propose')
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.publish()
  const two = run(script, repository)
  assert.equal(two.stderr, '')
  assert.equal(two.status, 0)
  assert.match(
    two.stdout,
    /Level 4: every change was agreed to by two people\.[^]*Every change is proven, by two people\.\n$/,
  )
  const other = run(script, repository, `SHA256:${'A'.repeat(43)}`)
  assert.match(other.stderr, /No verdict/)
  assert.equal(other.status, 2)
  const { oid } = repository.merge(repository.ada, { pullRequest: 8 })
  repository.publish()
  const one = run(script, repository)
  assert.match(one.stderr, /^Not proven, or not by two people/)
  assert.equal(one.status, 1)

  const json = join(folder, 'json.sh')
  await writeFile(json, blockWith('>report.json'))
  assert.equal(run(json, repository).stdout.trim(), `[ '${oid}' ]`)
})
