import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judged, proven, reportText, verify } from './judged-testing.ts'
import { SealedRepository } from './sealed-repository-testing.ts'
import { approve, confirm, update } from './sealed-review-testing.ts'

test('the table names change, person, key, who agreed and the level', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const carol = repository.admit('carol-with-a-long-name')
  const head = repository.commit([repository.tip], 'Propose')
  approve(repository, bob, { head })
  approve(repository, carol, { head })
  const { oid } = repository.merge(repository.ada, { head })
  confirm(repository, carol, { tip: oid })
  const first = repository.commit([repository.tip], 'One')
  update(repository, repository.ada, { action: 'push', tip: repository.commit([first], 'Two') })
  repository.publish()
  const clone = repository.clone()
  const text = await reportText(clone)
  const rows = text.split('\n').filter((line) => /^ {2}[0-9a-f]{12} /.test(line))
  assert.deepEqual(
    rows.map((line) => line.slice(28).replaceAll(/ {2,}/g, ' | ')),
    ['push | ada | says not copied | 3', 'with the above | 3', 'merge #7 | ada | says not copied | bob +1 | 4'],
  )
  const days = (await judged(clone)).changes.map(({ committedAt }) => committedAt?.slice(0, 10))
  assert.match(days.join(), /^(\d{4}-\d\d-\d\d,?){3}$/)
  assert.deepEqual(
    rows.map((line) => line.slice(16, 26)),
    days,
  )
  assert.match(text, /^ {4}looked at afterwards by carol-with-a-long-name$/m)
  assert.match(text, /^Level 3: every change was agreed to by one person, 1 of them by two\.$/m)
  const { policyDigest } = proven((await judged(clone)).changes[0])
  assert.match(text, /^Stock git shows {3}the signature of 1 of 3 changes, and whose key made it$/m)
  assert.match(text, /^Only this shows {3}that each person was present, and verified by their key$/m)
  assert.ok(text.includes('that they tapped on http://localhost:7400\n'))
  assert.ok(text.includes(`the rules: ${policyDigest}\n`))
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
})

test('the level is told in words', async () => {
  using repository = new SealedRepository()
  repository.publish()
  assert.doesNotMatch(await reportText(repository.clone()), /Level|Stock git/)
  const bob = repository.admit('bob')
  const head = repository.commit([repository.tip], 'Propose')
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.publish()
  assert.match(await reportText(repository.clone()), /^Level 4: every change was agreed to by two people\.$/m)
  repository.moveTo(repository.commit([repository.tip], 'Sneak in'))
  assert.match(await reportText(repository.clone()), /^Level 1: not every change is proven\.$/m)
})

test('--level fails where the level is less', async () => {
  using repository = new SealedRepository()
  repository.publish()
  const empty = repository.clone()
  assert.equal((await judged(empty, '--level', '4')).exitCode, 0)
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone()
  assert.match(await reportText(clone), /^Level 3: every change was agreed to by one person\.$/m)
  assert.equal((await judged(clone, '--level', '3')).exitCode, 0)
  const report = await judged(clone, '--level', '4')
  assert.deepEqual([report.verdict, report.exitCode, report.level, report.wantedLevel], ['proven', 1, 3, 4])
  assert.match(await reportText(clone, '--level', '4'), /^Level 4 was asked for\.$/m)
  assert.equal((await verify(clone, '--level', '2')).exitCode, 2)
})
