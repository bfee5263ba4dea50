import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifySealedEdit } from '../seals/format/verify-sealed-commit.ts'
import { judgedClone } from './judged-testing.ts'
import { MAIN, REPOSITORY, SealedRepository } from './sealed-repository-testing.ts'
import { update } from './sealed-review-testing.ts'

const branch = 'refs/heads/ada-edit-1'

/** State and reason of each change, newest first. */
async function statesOf(repository: SealedRepository): Promise<string[]> {
  const { changes } = await judgedClone(repository)
  return changes.map((change) => (change.state === 'proven' ? change.action : `${change.state} ${change.reason}`))
}

test('an edit that is merged stands beside the line: the merge is the change, and stock git knows who wrote it', async () => {
  using repository = new SealedRepository()
  const { oid } = repository.edit(repository.ada)
  repository.merge(repository.ada, { head: oid })
  assert.deepEqual(await statesOf(repository), ['merge'])
  const allowed = join(repository.folder, 'allowed_signers')
  writeFileSync(allowed, `${repository.allowedSigners}\n`)
  const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`]
  execFileSync('git', ['-C', repository.bare, ...settings, 'verify-commit', oid], { stdio: 'pipe' })
})

test('an edit on the protected line without a tap that brought it there is unproven, whatever branch it names', async () => {
  for (const targetRef of [branch, MAIN]) {
    using repository = new SealedRepository()
    repository.merge(repository.ada)
    const base = targetRef === MAIN ? { base: repository.tip } : {}
    repository.moveTo(repository.edit(repository.ada, { targetRef, ...base }).oid)
    assert.deepEqual(await statesOf(repository), ['unproven no-seal', 'merge'], targetRef)
  }
})

test('a tap for the fast-forward proves it, as it does any commit', async () => {
  using repository = new SealedRepository()
  const { oid } = repository.edit(repository.ada)
  update(repository, repository.ada, { action: 'fast-forward', tip: oid })
  assert.deepEqual(await statesOf(repository), ['fast-forward'])
})

test('an edit’s seal moves nothing: not as an update beside the line, nor as a merge of a commit that names it', async () => {
  using repository = new SealedRepository()
  const { oid, commit, record } = repository.edit(repository.ada, { targetRef: MAIN, base: repository.tip })
  repository.moveTo(oid)
  // As a merge: the same words with a pull request in the block.
  const text = commit.toString('latin1').replace('Postern-Statement', 'Postern-Pull-Request: 7\nPostern-Statement')
  repository.moveTo(repository.write(Buffer.from(text, 'latin1')))
  const [forged] = await statesOf(repository)
  assert.equal(forged, 'broken challenge-mismatch')
  const given = { commit, ref: MAIN, repositoryId: REPOSITORY.id, findSeal: () => record }
  const signers = new Map(repository.entries.map((entry) => [entry.credentialId, entry]))
  assert.equal(verifySealedEdit({ ...given, signers }).parent, repository.protection.baseline)
})

test('an edit is of one branch, repository, parent and content, by a key that stands', async () => {
  using repository = new SealedRepository()
  const { commit, record } = repository.edit(repository.ada)
  const signers = new Map(repository.entries.map((entry) => [entry.credentialId, entry]))
  const given = { commit, ref: branch, repositoryId: REPOSITORY.id, findSeal: () => record, signers }
  const fails = (over: Partial<typeof given>, code: string) =>
    assert.throws(() => verifySealedEdit({ ...given, ...over }), { code })
  verifySealedEdit(given)
  fails({ ref: 'refs/heads/ada-edit-2' }, 'ref-mismatch')
  fails({ repositoryId: 'rep_other' }, 'repository-mismatch')
  fails(
    { commit: Buffer.from(commit.toString('latin1').replace('Mend it', 'Mend xx'), 'latin1') },
    'challenge-mismatch',
  )
  fails(
    { commit: Buffer.from(commit.toString('latin1').replace(/^parent .*$/m, `parent ${'1'.repeat(40)}`), 'latin1') },
    'challenge-mismatch',
  )
  const { record: other } = repository.edit(repository.ada)
  fails({ findSeal: () => other }, 'armor-mismatch')
  const merged = repository.merge(repository.ada)
  fails({ commit: merged.commit, ref: MAIN, findSeal: () => merged.record }, 'action-mismatch')
  const wrongBase = repository.edit(repository.ada, { base: '1'.repeat(40) })
  fails({ commit: wrongBase.commit, findSeal: () => wrongBase.record }, 'base-mismatch')
  const { standing } = repository.revoke(repository.ada, [])
  const late = repository.edit(repository.ada)
  const lost = repository.entries.map(
    (entry) => [entry.credentialId, { ...entry, standing: new Set(standing) }] as const,
  )
  fails({ commit: late.commit, findSeal: () => late.record, signers: new Map(lost) }, 'key-compromised')
})
