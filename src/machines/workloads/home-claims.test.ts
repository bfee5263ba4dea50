import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConditions, namesHome } from './home-claims.ts'
import type { WorkloadShape } from './shapes.ts'

const cases: [WorkloadShape, string, string, boolean][] = [
  ['github', 'repository', 'acme/shop', true],
  ['github', 'repository', 'acme/*', true],
  ['github', 'repository', '*/shop', false],
  ['github', 'repository', 'ac*/shop', false],
  ['github', 'repository', '**', false],
  ['github', 'repository_owner_id', '77', true],
  ['github', 'repository_owner_id', '7*', false],
  ['github', 'sub', 'repo:acme/shop:ref:refs/heads/main', true],
  ['github', 'sub', 'repo:acme/**', true],
  ['github', 'sub', 'repo:*', false],
  ['github', 'sub', '**:ref:refs/heads/main', false],
  ['github', 'ref', 'refs/heads/main', false],
  ['github', 'environment', 'production', false],
  ['gitlab', 'project_path', 'acme/sub/shop', true],
  ['gitlab', 'project_path', 'acme/**', true],
  ['gitlab', 'project_path', '*', false],
  ['gitlab', 'namespace_id', '12', true],
  ['gitlab', 'repository', 'acme/shop', false],
  ['bitbucket', 'repositoryUuid', '{1}', true],
  ['bitbucket', 'workspaceUuid', '*', false],
  ['bitbucket', 'branchName', 'main', false],
  ['other', 'sub', 'system:serviceaccount:ci:builder', true],
  ['other', 'sub', 'system:*', false],
]

test('what says whose pipeline it is, for each kind of issuer', () => {
  for (const [shape, claim, value, expected] of cases)
    assert.equal(namesHome(shape, { claim, value }), expected, `${shape} ${claim} ${value}`)
})

test('conditions that let everybody in, or say nothing, are refused', () => {
  const home = { claim: 'repository', value: 'acme/shop' }
  checkConditions('github', [home, { claim: 'ref', value: 'refs/heads/*' }])
  assert.throws(() => checkConditions('github', [{ claim: 'ref', value: 'refs/heads/main' }]), /whose pipeline/)
  assert.throws(() => checkConditions('github', [home, { claim: 'iss', value: 'x' }]), /checked anyway/)
  assert.throws(() => checkConditions('github', [home, home]), /one condition/)
})
