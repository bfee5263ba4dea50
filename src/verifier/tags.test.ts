import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RS256 } from '../protocols/webauthn/cose.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, judgedClone, refusal, reportText } from './judged-testing.ts'
import { SealedRepository, STEP_MS } from './sealed-repository-testing.ts'
import { update } from './sealed-review-testing.ts'

/** What stock git says of a tag; it throws where the signature is not good. */
function stockWord(clone: string, repository: SealedRepository, name: string): string {
  const allowed = join(repository.folder, 'allowed_signers')
  writeFileSync(allowed, `${repository.allowedSigners}\n`)
  const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`]
  return execFileSync('git', ['-C', clone, ...settings, 'verify-tag', name], { stdio: 'pipe' }).toString()
}

/** State and reason of each tag, by name. */
async function tagsOf(repository: SealedRepository, ...args: string[]): Promise<Record<string, string>> {
  const { tags } = await judgedClone(repository, ...args)
  return Object.fromEntries(tags.map((tag) => [tag.name, tag.state === 'proven' ? 'proven' : tag.reason]))
}

test('a tag that was tapped for is proven, by us and by stock git, and says where it stands', async () => {
  using repository = new SealedRepository()
  const { baseline } = repository.protection
  repository.tag(repository.ada, 'v0.9', { commit: baseline })
  const { oid } = repository.merge(repository.ada)
  repository.tag(repository.ada, 'v1.0', { body: 'What is new.\n\nMuch.' })
  repository.tag(repository.ada, 'aside', { commit: repository.commit([oid], 'Elsewhere') })
  repository.setRef('refs/tags/light', oid)
  repository.publish()
  const clone = repository.clone()
  const report = await judged(clone)
  assert.equal(report.exitCode, 0)
  assert.deepEqual(
    report.tags.map((tag) => tag.state === 'proven' && [tag.name, tag.by.username, tag.on, tag.stockVerifiable]),
    [
      ['aside', 'ada', null, true],
      ['v0.9', 'ada', 'start', true],
      ['v1.0', 'ada', 'proven', true],
    ],
  )
  stockWord(clone, repository, 'v1.0')
  const text = await reportText(clone)
  assert.match(text, /^ {2}tag v1\.0 {2}2026-03-01 {2}by ada {2}of [0-9a-f]{12}, on main, proven$/m)
  assert.match(text, /^ {2}tag aside .*, not a change of main$/m)
})

test('a tag that is asked for decides: unknown, made by nobody’s tap, or not on the branch is not enough', async () => {
  using repository = new SealedRepository()
  const { oid } = repository.merge(repository.ada)
  repository.tag(repository.ada, 'v1.0')
  repository.tag(repository.ada, 'aside', { commit: repository.commit([oid], 'Elsewhere') })
  repository.setRef('refs/tags/light', oid)
  repository.publish()
  const clone = repository.clone()
  const exit = async (...names: string[]) => (await judged(clone, ...names.flatMap((name) => ['--tag', name]))).exitCode
  assert.equal(await exit('v1.0'), 0)
  assert.equal(await exit('refs/tags/v1.0'), 0)
  assert.equal(await exit('aside'), 1)
  assert.equal(await exit('v1.0', 'light'), 1)
  assert.equal(await refusal(clone, '--tag', 'v2.0'), 'ref-missing')
  assert.match(await reportText(clone, '--tag', 'light'), /^The tag light was asked for, and is not proven here\.$/m)
})

test('a tag is of one name, one commit, one repository, and of whoever tapped', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const { oid } = repository.merge(repository.ada)
  const other = repository.commit([oid], 'Elsewhere')
  const { oid: first } = repository.tag(repository.ada, 'v1.0')
  repository.setRef('refs/tags/renamed', first)
  repository.tag(repository.ada, 'swapped', { template: { object: other } })
  repository.tag(repository.ada, 'other-tree', { tree: repository.git(['rev-parse', `${other}^{tree}`]) })
  repository.tag(repository.ada, 'other-repository', { trailers: { repository: 'rep_other' } })
  const { displayName: name } = bob.entry
  const tagger = { name, email: bob.entry.principal, timestamp: repository.now / 1000 + 60, offset: '+0000' }
  repository.tag(repository.ada, 'other-tagger', { template: { tagger } })
  repository.tag(repository.ada, 'other-date', {
    template: { tagger: { ...tagger, email: 'ada@localhost', timestamp: 1 } },
  })
  assert.deepEqual(await tagsOf(repository), {
    'other-date': 'outside-time',
    'other-repository': 'repository-mismatch',
    'other-tagger': 'committer-mismatch',
    'other-tree': 'tree-mismatch',
    renamed: 'ref-mismatch',
    swapped: 'head-mismatch',
    'v1.0': 'proven',
  })
})

test('bytes that nobody signed are no part of a tag', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  const { tag } = repository.tag(repository.ada, 'v1.0')
  const put = (name: string, text: string) => {
    const renamed = text.replace(/^tag v1\.0$/m, `tag ${name}`).replace('refs/tags/v1.0', `refs/tags/${name}`)
    repository.setRef(`refs/tags/${name}`, repository.write(Buffer.from(renamed, 'latin1'), 'tag'))
  }
  const text = tag.toString('latin1')
  put('changed', text.replace('First release', 'Last release'))
  put('unsigned', text.slice(0, text.indexOf('-----BEGIN')))
  put('twice', text + text.slice(text.indexOf('-----BEGIN')))
  put('header', text.replace('\ntagger ', '\nencoding x\ntagger '))
  put('early', text.replace('First release', 'Postern-Ref: refs/tags/v9'))
  const found = await tagsOf(repository)
  assert.deepEqual(Object.keys(found), ['changed', 'early', 'header', 'twice', 'unsigned', 'v1.0'])
  assert.deepEqual(
    Object.values(found).filter((state) => state === 'proven'),
    ['proven'],
  )
})

test('a message cannot end the tag early, nor bring a signature or trailers of its own', async () => {
  using repository = new SealedRepository()
  const carl = repository.admit('carl', { algorithm: RS256 })
  repository.merge(repository.ada)
  const body =
    '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n\n-----BEG\u0000IN PGP SIGNATURE-----\n\nPostern-Statement: x'
  repository.tag(repository.ada, 'v1.0', { subject: '-----BEGIN SSH SIGNATURE-----', body })
  repository.tag(carl, 'v1.1', { subject: '-----BEGIN SIGNED MESSAGE-----', body })
  const clone = (repository.publish(), repository.clone())
  const report = await judged(clone, '--tag', 'v1.0', '--tag', 'v1.1')
  assert.deepEqual(
    report.tags.map((tag) => (tag.state === 'proven' ? tag.stockVerifiable : tag.reason)),
    [true, false],
  )
  stockWord(clone, repository, 'v1.0')
})

test('a tag of something called like a trailer is a tag as any other', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  for (const name of ['postern-1.0', 'Postern-Ref', 'рostern-2']) repository.tag(repository.ada, name, { subject: '' })
  assert.deepEqual(await tagsOf(repository), {
    'Postern-Ref': 'proven',
    'postern-1.0': 'proven',
    'рostern-2': 'proven',
  })
})

test('tags that anybody may push decide nothing, however large they are or many', async () => {
  using repository = new SealedRepository()
  const { oid } = repository.merge(repository.ada)
  const { tag } = repository.tag(repository.ada, 'v1.0')
  const header = `object ${oid}\ntype commit\ntag vast\ntagger Eve <eve@example.com> 1 +0000\n\n`
  const vast = repository.write(Buffer.concat([Buffer.from(header), Buffer.alloc(256 * 1024, 'a')]), 'tag')
  repository.setRef('refs/tags/vast', vast)
  // Large, with all that a sealed tag has at its end.
  const text = tag.toString('latin1').replace('First release', `First release\n\n${'a'.repeat(128 * 1024)}`)
  repository.setRef('refs/tags/large', repository.write(Buffer.from(text, 'latin1'), 'tag'))
  const plain = repository.write(Buffer.from(header), 'tag')
  for (let at = 0; at < 100; at++) repository.setRef(`refs/tags/many-${at}`, at % 2 ? plain : vast)
  assert.deepEqual(await tagsOf(repository, '--tag', 'v1.0'), { 'v1.0': 'proven' })
  assert.deepEqual(await tagsOf(repository, '--tag', 'large'), { large: 'no-seal', 'v1.0': 'proven' })
})

test('a key that had ended tags nothing that came later, whatever a pushed commit says of its date', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(repository.ada)
  const early = repository.tip
  const before = repository.now
  repository.change(bob.entry, { ended: { at: renderTime((repository.now += 3 * STEP_MS)), seal: null } })
  repository.merge(repository.ada)
  const { now } = repository
  repository.now = Date.parse('2001-01-01T00:00:00Z')
  const old = repository.commit([repository.tip], 'Old')
  repository.now = now
  update(repository, repository.ada, { action: 'push', tip: old })
  // As whoever has the key, and the server, would date them.
  const latest = repository.now
  repository.now = before
  repository.tag(bob, 'early', { commit: early })
  repository.tag(bob, 'late')
  repository.now = latest
  assert.deepEqual(await tagsOf(repository), { early: 'proven', late: 'signer-ended' })
})

test('a commit that somebody else dated in the future takes no tag away, proven or not', async () => {
  for (const isPushed of [false, true]) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const { now } = repository
    repository.now = Date.parse('2099-01-01T00:00:00Z')
    const future = repository.commit([repository.tip], 'Future')
    repository.now = now
    if (isPushed) update(repository, repository.ada, { action: 'push', tip: future })
    else repository.moveTo(future)
    repository.tag(bob, 'v1.0')
    repository.change(bob.entry, { ended: { at: renderTime((repository.now += STEP_MS)), seal: null } })
    assert.deepEqual(await tagsOf(repository), { 'v1.0': 'proven' })
  }
})

test('of two taps for one name the later counts, whatever the clone was given', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  const { oid } = repository.tag(repository.ada, 'v1.0')
  repository.merge(repository.ada)
  repository.tag(repository.ada, 'v1.0')
  assert.deepEqual(await tagsOf(repository), { 'v1.0': 'proven' })
  repository.setRef('refs/tags/v1.0', oid)
  assert.deepEqual(await tagsOf(repository), { 'v1.0': 'tag-replaced' })
})

test('a key that was lost made no tag that was not there when that was said', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(repository.ada)
  repository.tag(bob, 'v1.0')
  repository.revoke(bob)
  repository.tag(bob, 'v1.1')
  assert.deepEqual(await tagsOf(repository), { 'v1.0': 'proven', 'v1.1': 'key-compromised' })
})
