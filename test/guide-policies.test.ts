import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { NewPolicy } from '../src/guardrails/shapes.ts'
import { acts } from '../src/policy/acts.ts'
import { catalogue } from '../src/policy/catalogue.ts'
import { checkPolicy } from '../src/policy/check-policy.ts'
import { firstPolicy, mostRules, Policy, Rule } from '../src/policy/rule.ts'

const guide = await readFile(join(import.meta.dirname, '../docs/guides/policies.md'), 'utf8')
const examples = [...guide.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => JSON.parse(text) as object)

/** Rows of the table under this first column, cells as they stand. */
function rowsOf(firstColumn: string): string[][] {
  const lines = guide.split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${firstColumn} `))
  assert.notEqual(head, -1, `a table that begins with ${firstColumn}`)
  const rows = lines.slice(head + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end).map((line) => line.split(' | ').map((cell) => cell.replace(/^\|\s*|\s*\|\s*$/g, '').trim()))
}

function assertForm(schema: TSchema, value: unknown): void {
  assert.ok(Check(schema, value), JSON.stringify([...Errors(schema, value)]))
}

test('every example of the guide can be imported as it stands', () => {
  assert.ok(examples.length >= 4)
  const known = {
    usernames: new Set(['ana']),
    groups: new Set(['operations']),
    places: new Set(['acme/widgets']),
  }
  for (const example of examples) {
    if ('basedOn' in example) assertForm(NewPolicy, example)
    const policy =
      'policy' in example ? example.policy : 'rules' in example ? example : { ...firstPolicy, rules: [example] }
    if ('id' in example) assertForm(Rule, example)
    assertForm(Policy, policy)
    assert.deepEqual(checkPolicy(policy as Policy, known), [])
  }
})

test('what the guide shows of rules that ship is what ships', () => {
  const shipped = new Map(catalogue.map(({ rule }) => [rule.id, rule]))
  const shown = examples.flatMap((example): Rule[] => {
    const { policy, rules } = example as { policy?: Policy; rules?: Rule[] }
    return policy?.rules ?? rules ?? [example as Rule]
  })
  for (const { mode: _mode, enforceFrom: _from, ...rule } of shown) {
    const { mode: _, ...original } = shipped.get(rule.id) ?? { mode: 'off', ...rule }
    assert.deepEqual(rule, original)
  }
  assert.deepEqual(
    rowsOf('rule').map(([title, id]) => [title, id?.replaceAll('`', '')]),
    catalogue.map(({ rule }) => [rule.title, rule.id]),
  )
})

test('the guide names every act, and no other', () => {
  const named = rowsOf('group').flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, act = '']) => act))
  assert.deepEqual(named.sort(), Object.keys(acts).sort())
})

test('the guide states the limit that holds', () => {
  assert.match(guide, new RegExp(`At most ${mostRules} rules`))
})
