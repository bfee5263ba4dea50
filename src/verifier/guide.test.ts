// The scripts of docs/guides/verify.md, run as they stand there.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
function blockWith(line: string, language = 'sh'): string {
  const blocks = [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    (found) => found[1] ?? '',
  )
  const found = blocks.find((block) => block.includes(line))
  assert.ok(found, `the guide has no script with ${line}`)
  return found
}

function run(
  script: string,
  repository: SealedRepository,
  firstSigner = repository.ada.entry.fingerprint,
  { cwd = folder, env: more = {} }: { cwd?: string; env?: Record<string, string> } = {},
) {
  const env = {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    ADDRESS: `file://${repository.bare}`,
    ORIGIN: 'http://localhost:7400',
    FIRST_SIGNER: firstSigner,
    POSTERN_TOKEN: 'secret',
    ...more,
  }
  return spawnSync('sh', [script], { cwd, env, encoding: 'utf8' })
}

/** One change that two people have sealed. */
function sealedByTwo(): SealedRepository {
  const repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.endorse(repository.ada, bob)
  const head = repository.commit([repository.tip], 'Propose')
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.publish()
  return repository
}

test('the script for CI ends with 0 for two people, 1 for one, 2 for no verdict', { skip }, async () => {
  const script = join(folder, 'verify.sh')
  await writeFile(script, blockWith('#!/bin/sh'))
  using repository = sealedByTwo()
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

const noSshKeygen = spawnSync('ssh-keygen', ['-?']).error && 'no ssh-keygen'

test('stock git says whose key it is, and refuses a lost one', { skip: skip || noSshKeygen }, async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(bob)
  repository.publish()
  const here = (block: string) =>
    block.replaceAll(/https:\/\/git\.example\.com\/acme\/widgets(\.git)?/g, `file://${repository.bare}`)
  const script = join(folder, 'stock.sh')
  const all = here(blockWith('verify-commit HEAD')).replace(/ (\S+)\ncd widgets/, ' $1 widgets\ncd widgets')
  await writeFile(script, `set -e\n${all}`)
  const good = run(script, repository)
  assert.equal(good.status, 0, good.stderr)
  // Once by verify-commit, once in the log.
  for (const said of [good.stderr, good.stdout])
    assert.match(said, /Good "git" signature for bob@localhost with ECDSA-SK key SHA256:/)

  repository.revoke(bob)
  repository.publish()
  await writeFile(
    script,
    `set -e\ncd widgets\n${here(blockWith('git fetch origin'))}${blockWith('revoked_keys verify-commit')}`,
  )
  const lost = run(script, repository)
  assert.equal(lost.status, 1)
  assert.match(lost.stderr, /Could not verify signature/)
})

test('the workflow of GitHub Actions judges the clone that the runner made', { skip }, async () => {
  const workflow = blockWith('actions/checkout', 'yaml')
  assert.match(workflow, /fetch-depth: 0/)
  const [, indented = ''] = /run: \|\n([^]*)$/.exec(workflow) ?? []
  const verifier = join(folder, 'postern-verify.mjs')
  const script = join(folder, 'workflow.sh')
  // As its runner does: `bash -e`. What it fetches is the file that was built, by the same curl.
  const steps = indented
    .replaceAll(/^ {10}/gm, '')
    .replace('https://git.example.com/-/postern-verify.mjs', `file://${verifier}`)
  await writeFile(script, `set -e\n${steps.replace('https://git.example.com', 'http://localhost:7400')}`)
  const sha256 = createHash('sha256')
    .update(await readFile(verifier))
    .digest('hex')
  using repository = sealedByTwo()
  const judge = (checksum = sha256) =>
    run(script, repository, repository.ada.entry.fingerprint, {
      cwd: repository.clone(),
      env: { RUNNER_TEMP: repository.folder, VERIFIER_SHA256: checksum },
    })
  const two = judge()
  assert.equal(two.status, 0, two.stderr)
  assert.match(two.stdout, /Level 4: /)
  const another = judge('0'.repeat(64))
  assert.notEqual(another.status, 0)
  assert.equal(another.stdout.includes('Level'), false, 'a verifier that is not the one you built judges nothing')
  repository.merge(repository.ada, { pullRequest: 8 })
  repository.publish()
  assert.equal(judge().status, 1)
})

test('one file is enough for somebody without an account', { skip }, async () => {
  using repository = sealedByTwo()
  const script = join(folder, 'bundle.sh')
  const shown = blockWith('bundle create').replaceAll('path/to/clone', repository.clone())
  await writeFile(
    script,
    `set -e\ncp ../postern-verify.mjs .\n${shown.replace('SHA256:…', repository.ada.entry.fingerprint)}`,
  )
  const cwd = join(folder, 'audit')
  await mkdir(cwd)
  const verified = run(script, repository, undefined, { cwd })
  assert.equal(verified.status, 0, verified.stderr)
  assert.match(verified.stdout, /Level 4: every change was agreed to by two people\./)
})
