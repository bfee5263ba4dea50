import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { Strength } from '../src/database/schema.ts'
import { NewPolicy } from '../src/guardrails/shapes.ts'
import { acts } from '../src/policy/acts.ts'
import { catalogue } from '../src/policy/catalogue.ts'
import { checkPolicy } from '../src/policy/check-policy.ts'
import { firstPolicy, mostRules, Policy, Rule } from '../src/policy/rule.ts'
import { acrOf } from '../src/policy/strength.ts'
import { strengthWords } from '../src/policy/words.ts'
import type { InboxItem } from '../src/seals/shapes.ts'
import { startPostern } from './support/start-postern.ts'

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
    applications: new Set(['grafana']),
    askingOnly: new Set(['grafana']),
  }
  for (const example of examples) {
    if ('basedOn' in example) assertForm(NewPolicy, example)
    const policy =
      'policy' in example ? example.policy : 'rules' in example ? example : { ...firstPolicy, rules: [example] }
    if ('id' in example) assertForm(Rule, example)
    assertForm(Policy, policy)
    assert.deepEqual(checkPolicy(policy as Policy, known, Date.now()), [])
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

test('the guide states the scale as it is, and takes five steps', () => {
  const ladder: Strength[] = ['password', 'mfa', 'passkey', 'device-bound', 'attested']
  assert.deepEqual(
    rowsOf('on the pages').map(([words = '', json, , acr]) => [words.replace(' (not verified)', ''), json, acr]),
    ladder.map((strength) => {
      const acr = acrOf(strength)
      return [strengthWords[strength], `\`${strength}\``, acr === null ? 'none' : `\`${acr}\``]
    }),
  )
  const steps = [...guide.matchAll(/^## (\d)\. /gm)].map(([, number]) => Number(number))
  assert.deepEqual(steps, [1, 2, 3, 4, 5])
})

test('the guide states the limit that holds', () => {
  assert.match(guide, new RegExp(`At most ${mostRules} rules`))
})

const hasTools = ['curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).error === undefined)

test(
  'the pipeline of the guide changes the policy, once somebody taps',
  { skip: !hasTools && 'no curl or jq' },
  async () => {
    await using postern = await startPostern()
    const ana = await postern.owner()
    await postern.join(ana, 'ben', 'admin')
    const example = examples.find((one) => 'basedOn' in one) ?? assert.fail('no body of PUT')
    await writeFile(join(postern.folder, 'policy.json'), JSON.stringify({ ...example, basedOn: 0 }))
    const [, script = ''] = /^### From a pipeline\n.*?^```sh\n(.*?)^```$/ms.exec(guide) ?? []
    const run = spawn('sh', ['-c', script], {
      cwd: postern.folder,
      env: { PATH: process.env['PATH'], POSTERN: postern.origin, TOKEN: await ana.makeToken('pipeline', ['act']) },
    })
    let output = ''
    run.stderr.on('data', (data) => (output += String(data)))
    const told = new Promise((resolve, reject) => {
      run.once('close', () => reject(new Error(`ended before it asked: ${output}`)))
      run.stdout.on('data', (data) => {
        output += String(data)
        if (output.includes('\n')) resolve(output)
      })
    })
    await told
    const [item] = (await ana.call<{ items: InboxItem[] }>('GET', '/inbox')).items
    assert.equal(output, `Tap for it: ${postern.origin}/s/${item?.code}\n`)
    const ended = once(run, 'close')
    await ana.tap(item?.id ?? '')
    assert.deepEqual(await ended, [0, null], output)
    assert.match(output, /"state":"applied","version":1/)
  },
)
