import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fillPlaces } from './fill-places.ts'

const [developers, security] = ['grp_dev', 'grp_sec']
const wanted = [
  { groupId: developers, count: 2 },
  { groupId: security, count: 1 },
]
const person = (id: string, ...groups: string[]) => ({ id, groups })

const cases: [words: string, people: { id: string; groups: string[] }[], filled: number[]][] = [
  ['nobody', [], [0, 0]],
  [
    'three people, each in their place',
    [person('a', developers), person('b', developers), person('c', security)],
    [2, 1],
  ],
  [
    'two people who are in both groups are two, not three',
    [person('a', developers, security), person('b', developers, security)],
    [2, 0],
  ],
  [
    'who is in both goes where they are needed, whoever came first',
    [person('a', developers, security), person('b', developers), person('c', developers)],
    [2, 1],
  ],
  ['more than asked do not overflow', [person('a', security), person('b', security)], [0, 1]],
  ['strangers fill nothing', [person('a'), person('b', 'grp_other')], [0, 0]],
]

for (const [words, people, filled] of cases) test(words, () => assert.deepEqual(fillPlaces(wanted, people), filled))
