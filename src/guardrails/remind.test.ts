import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compiled, rule } from '../policy/policy-testing.ts'
import { openDatabase } from '../database/open.ts'
import { addPerson, at } from './guardrails-testing.ts'
import { type Reminder, remindPeople } from './remind.ts'

const dayMs = 86_400_000

test('who lacks a key is told when a date is set, a week and a day before it, once each', async () => {
  const database = await openDatabase('sqlite::memory:')
  await addPerson(database, 'ana')
  const policy = { current: () => compiled(rule({ does: ['sign-in'], enforceFrom: at + 30 * dayMs })) }
  const sent = new Map<string, Reminder>()
  const remind = (days: number) =>
    remindPeople({
      database,
      policy,
      now: () => at + days * dayMs,
      queue: async (_tx, reminder) => void sent.set(reminder.key, reminder),
    })
  for (const days of [0, 1, 10, 23, 24, 29, 29.5]) await remind(days)
  assert.deepEqual(
    [...sent.keys()].map((key) => key.split(' ')[3]),
    ['announced', 'week', 'day'],
  )
  assert.equal([...sent.values()][0]?.facts.needs, 'a hardware key of a verified model')
  // From its date on the sign-in itself tells.
  const before = sent.size
  await remind(31)
  assert.equal(sent.size, before)
})

test('nobody is reminded of what they have, of a rule without a date, or of one that only reports', async () => {
  const database = await openDatabase('sqlite::memory:')
  await addPerson(database, 'ana')
  const later = at + dayMs
  for (const one of [
    rule({ does: ['sign-in'], requires: { strength: 'passkey' }, enforceFrom: later }),
    rule({ does: ['sign-in'], mode: 'report', enforceFrom: later }),
    rule({ does: ['sign-in'], who: ['user:ben'], enforceFrom: later }),
    rule({ does: ['sign-in'] }),
  ])
    await remindPeople({
      database,
      policy: { current: () => compiled(one) },
      now: () => at,
      queue: () => Promise.reject(new Error('somebody was told')),
    })
})
