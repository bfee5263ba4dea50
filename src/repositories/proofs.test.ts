import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../database/id.ts'
import { commitFiles } from './git-testing.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { listProofs } from './proofs.ts'
import { prepareRefUpdates, settleRefUpdates } from './ref-updates.ts'
import { openRepositories } from './repository-testing.ts'

test('the start is a baseline, a move without a tap is unproven, and nothing is said of others', async () => {
  await using fixture = await openRepositories()
  const { database, git, now, owner } = fixture
  const place = await fixture.addRepository('ledger')
  const other = await fixture.addRepository('other')
  const first = await commitFiles(git, place.folder, 'refs/heads/main', { a: '1' })
  const second = await commitFiles(git, place.folder, 'refs/heads/main', { a: '2' })
  const branch = await commitFiles(git, place.folder, 'refs/heads/work', { a: '3' })

  async function move(ref: string, oldOid: string, newOid: string, hasMoved = true): Promise<void> {
    await database.write(async (tx) => {
      const rows = await prepareRefUpdates(tx, {
        repositoryId: place.repository.id,
        moves: [{ ref, oldOid, newOid }],
        actorId: owner.id,
        method: `token ${newId('tok')}`,
        strength: 'password',
        at: now(),
      })
      const outcomes = rows.map((row) => ({ row, hasMoved }))
      await settleRefUpdates(tx, { repository: place.repository, path: place.path, outcomes, at: now() })
    })
  }
  const zeros = '0'.repeat(40)
  await move('refs/heads/main', zeros, first)
  await move('refs/heads/work', zeros, branch)
  await move('refs/heads/main', first, branch, false)
  await move('refs/heads/main', first, second)

  const proofs = await listProofs({ db: database.read, policy: floorOnly, at: 0 }, place.repository.id, [
    first,
    second,
    branch,
  ])
  assert.deepEqual([proofs.get(first)?.state, proofs.get(first)?.by], ['baseline', null])
  assert.equal(proofs.get(second)?.state, 'unproven')
  assert.equal(proofs.get(branch), undefined)
  assert.equal(
    (await listProofs({ db: database.read, policy: floorOnly, at: 0 }, other.repository.id, [first])).size,
    0,
  )
  assert.equal((await listProofs({ db: database.read, policy: floorOnly, at: 0 }, place.repository.id, [])).size, 0)
})
