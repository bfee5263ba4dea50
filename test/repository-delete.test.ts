import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { ApiError } from '../src/walk/person.ts'
import { makeProposing } from './support/proposed.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

test('a tap to delete a repository deletes no other one that took its name meanwhile', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  for (const name of ['scratch', 'precious'])
    await ana.call('POST', '/projects/acme/repositories', { name, description: '' })

  const path = '/projects/acme/repositories/scratch'
  const asked = await ana.call('DELETE', path).catch((error: unknown) => error)
  assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined)
  const seal = await ana.tap(asked.problem.sealRequestId)
  await ana.act('PATCH', path, { name: 'old-scratch' })
  await ana.act('PATCH', '/projects/acme/repositories/precious', { name: 'scratch', takesFormerName: true })

  const refused = await ana.call('DELETE', path, undefined, { 'postern-seal': seal }).catch((error: unknown) => error)
  assert.ok(refused instanceof ApiError)
  assert.equal(refused.problem.code, 'seal-mismatch')
  const { items } = await ana.call<{ items: { name: string }[] }>('GET', '/projects/acme/repositories')
  assert.deepEqual(items.map(({ name }) => name).sort(), ['old-scratch', 'scratch'])
})

test('a repository goes with one tap, and its path leads nowhere', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'scratch', description: '' })
  await ana.act('DELETE', '/projects/acme/repositories/scratch')
  const gone = await ana.call('GET', '/projects/acme/repositories/scratch').catch((error: unknown) => error)
  assert.ok(gone instanceof ApiError && gone.status === 404)
})

for (const store of eitherStore)
  test(`what was said about a repository goes with it, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: await store.flags() })
    const ana = await postern.owner()
    const repository = await makeProposing(postern, ana, 'acme/scratch')
    const { headOid, number } = await ana.call<PullRequestView>(
      'GET',
      `${repository.path}/pull-requests/${await repository.propose('change')}`,
    )
    const pullRequest = `${repository.path}/pull-requests/${number}`
    await ana.call('POST', `${pullRequest}/threads`, { body: 'Why?', isDraft: false, headOid })
    await ana.call('POST', `${pullRequest}/reviews`, { verdict: 'commented', body: 'Hm.', headOid })
    await ana.call('POST', `${repository.path}/commits/${headOid}/statuses`, { name: 'ci', state: 'success' })
    const { read } = postern.postern.ceremonies.database
    const tables = [
      'reviewThread',
      'reviewComment',
      'review',
      'commitStatus',
      'sourceAttestation',
      'branchControl',
    ] as const
    const filled = async () => {
      const counts = await Promise.all(
        tables.map((table) =>
          read
            .selectFrom(table)
            .select((eb) => eb.fn.countAll().as('rows'))
            .executeTakeFirst(),
        ),
      )
      return tables.filter((_, index) => Number(counts[index]?.rows) > 0)
    }
    assert.deepEqual(await filled(), tables)
    await ana.act('DELETE', repository.path)
    assert.deepEqual(await filled(), [])
  })
