import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { policyOf, rule } from '../../../src/policy/policy-testing.ts'
import { Policy } from '../../../src/policy/rule.ts'
import { networksProblem, pathsProblem } from './field-problems.ts'

const isTaken = (where: { networks?: string[]; paths?: string[] }): boolean =>
  Value.Check(Policy, policyOf(rule({ does: ['application.use'], where })))

test('what the form lets on, the server reads', () => {
  for (const range of [
    '192.0.2.0/24',
    '::1',
    '2001:DB8::/32',
    '10.0.0.1',
    'office',
    '10.0.0.0/1000',
    '',
    'fe80::1%eth0',
  ])
    assert.ok(networksProblem([range]) !== undefined || isTaken({ networks: [range] }), range)
  for (const path of ['/admin*', '/a b', '/x?y', '/x#y', '/\u0007', '/ümläut'])
    assert.ok(pathsProblem([path]) !== undefined || isTaken({ paths: [path] }), path)
})

test('what is wrong is said by its own words', () => {
  assert.equal(networksProblem(['::1', '10.0.0.0/33']), '10.0.0.0/33 is not an address or range such as 192.0.2.0/24')
  assert.match(pathsProblem(['/', '/x?y']) ?? '', /^\/x\?y is not a path alone/)
  assert.deepEqual(
    [networksProblem(['192.0.2.0/24', '2001:db8::/128']), pathsProblem(['/admin*'])],
    [undefined, undefined],
  )
  assert.deepEqual([networksProblem(), pathsProblem()], [undefined, undefined])
})
