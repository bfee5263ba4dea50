import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../src/walk/person.ts'
import { startPostern } from './support/start-postern.ts'

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
  await ana.act('PATCH', '/projects/acme/repositories/precious', { name: 'scratch' })

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
