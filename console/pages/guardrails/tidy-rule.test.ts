import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '../../../src/policy/catalogue.ts'
import type { Rule } from '../../api/shapes.ts'
import { ruleGaps, tidyRule } from './tidy-rule.ts'

const rule: Rule = {
  id: 'x',
  title: 'Title',
  mode: 'enforce',
  who: ['everyone'],
  does: ['merge'],
  requires: { strength: 'attested' },
}

test('the rules of the catalogue stay as they are', () => {
  for (const { rule } of catalogue) {
    assert.deepEqual(tidyRule(rule), rule)
    assert.deepEqual(ruleGaps(rule), {})
  }
})

test('what has no effect on the chosen acts is left out', () => {
  const tidy = tidyRule({
    ...rule,
    title: '  Title ',
    does: ['sign-in'],
    where: { repositories: ['crew'], branches: ['main'], networks: [] },
    requires: { strength: 'passkey', models: { allow: [], deny: ['synced'] }, people: 2, tokenLifetimeDays: 9 },
  })
  assert.deepEqual(tidy, { ...rule, does: ['sign-in'], requires: { models: { deny: ['synced'] } } })
})

test('a date means nothing for a rule that is not enforced', () => {
  assert.deepEqual(tidyRule({ ...rule, mode: 'report', enforceFrom: 5 }), { ...rule, mode: 'report' })
  assert.equal(tidyRule({ ...rule, enforceFrom: 5 }).enforceFrom, 5)
})

test('each gap is said where it is', () => {
  assert.deepEqual(ruleGaps({ ...rule, title: ' ', who: [], requires: {} }), {
    title: 'Please give it a title',
    who: 'Choose who it is about',
    requires: 'Choose what it asks',
  })
  assert.deepEqual(ruleGaps({ ...rule, does: [] }), { does: 'Choose at least one act' })
  assert.match(ruleGaps({ ...rule, where: { networks: ['office'] } }).where ?? '', /^office is not an address/)
  assert.match(ruleGaps({ ...rule, requires: { networks: ['office'] } }).where ?? '', /^office is not an address/)
})

test('over SSH a passkey’s strength is no matter of course, and is kept', () => {
  const rule = {
    id: 'a',
    title: 'A',
    mode: 'enforce' as const,
    who: ['everyone'],
    requires: { strength: 'passkey' as const },
  }
  assert.deepEqual(tidyRule({ ...rule, does: ['ssh.use'] }).requires, { strength: 'passkey' })
  assert.deepEqual(tidyRule({ ...rule, does: ['sign-in'] }).requires, {})
})
