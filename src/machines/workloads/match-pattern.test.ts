import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesPattern } from './match-pattern.ts'

test('a pattern without a star is what it says, and nothing else', () => {
  assert.ok(matchesPattern('acme/shop', 'acme/shop'))
  for (const text of ['acme/shop2', 'xacme/shop', 'ACME/shop', '', 'acme/sho'])
    assert.ok(!matchesPattern('acme/shop', text))
  assert.ok(!matchesPattern('a.c', 'abc'), 'a dot is a dot')
})

test('one star stays within a name, two cross from one to the next', () => {
  assert.ok(matchesPattern('acme/*', 'acme/shop'))
  assert.ok(!matchesPattern('acme/*', 'acme/sub/shop'))
  assert.ok(!matchesPattern('acme/*', 'acmes/shop'))
  assert.ok(matchesPattern('acme/**', 'acme/sub/shop'))
  assert.ok(!matchesPattern('repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:environment:x:ref:refs/heads/main'))
  assert.ok(matchesPattern('repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:ref:refs/heads/main'))
  assert.ok(matchesPattern('refs/heads/v*.*', 'refs/heads/v1.2'))
  assert.ok(!matchesPattern('refs/heads/v*.*', 'refs/heads/v1'))
  assert.ok(matchesPattern('*', ''))
  assert.ok(!matchesPattern('*', 'a/b'))
  assert.ok(matchesPattern('**', 'a/b:c'))
  assert.ok(matchesPattern('a*', 'a'))
})

test('no pattern is slow: few wildcards, and no long text', () => {
  assert.ok(matchesPattern('*a*a*a*a*a', 'a'.repeat(500)))
  assert.ok(matchesPattern('**a***a*', 'aa'), 'a run of stars is one wildcard')
  assert.ok(!matchesPattern('*a*a*a*a*a*', 'a'.repeat(500)))
  assert.ok(!matchesPattern('**', 'a'.repeat(501)))
  assert.ok(!matchesPattern('*a'.repeat(150), 'a'.repeat(10_000)))
})
