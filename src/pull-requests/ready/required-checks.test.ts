import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusRow } from '../../checks/read-statuses.ts'
import { judgeChecks } from './required-checks.ts'

const head = 'a'.repeat(40)
let at = 1000
/** Newest first, as they are read: each one made is older than the one before. */
const said = (name: string, state: StatusRow['state'], tokenId: StatusRow['tokenId'] = 'tok_ci'): StatusRow => ({
  id: `sta_${at}`,
  repositoryId: 'rep_1',
  oid: head,
  name,
  state,
  description: state === 'failure' ? '3 tests' : '',
  targetUrl: null,
  setBy: 'usr_bot',
  tokenId,
  createdAt: at--,
})
const anybody = { name: 'ci', tokenIds: null }
const onlyCi = { name: 'ci', tokenIds: ['tok_ci'] }

const cases: [words: string, required: typeof onlyCi | typeof anybody, rows: StatusRow[], whyNot: RegExp | null][] = [
  ['success', anybody, [said('ci', 'success')], null],
  ['nothing said', anybody, [], /said nothing about aaaaaaaa yet/],
  ['pending', anybody, [said('ci', 'pending')], /has not finished/],
  ['failed, and says what', anybody, [said('ci', 'failure')], /failed: 3 tests/],
  ['broke', anybody, [said('ci', 'error')], /broke before it could tell/],
  ['the newest word counts', anybody, [said('ci', 'success'), said('ci', 'failure')], null],
  ['also when it is worse', anybody, [said('ci', 'failure'), said('ci', 'success')], /failed/],
  ['another token', onlyCi, [said('ci', 'success', 'tok_other')], /was not set with a token that/],
  ['a browser session is no token', onlyCi, [said('ci', 'success', null)], /was not set with a token that/],
  [
    'another token’s newer word hides nothing',
    onlyCi,
    [said('ci', 'success', 'tok_other'), said('ci', 'failure')],
    /failed/,
  ],
  ['and spoils nothing', onlyCi, [said('ci', 'failure', 'tok_other'), said('ci', 'success')], null],
  ['another case is another check', anybody, [said('CI', 'success')], /said nothing/],
  ['a letter that only looks the same', anybody, [said('сi', 'success')], /said nothing/],
]

for (const [words, required, rows, whyNot] of cases)
  test(words, () => {
    const [judged] = judgeChecks([required], rows, head)
    assert.equal(judged?.isRequired, true)
    if (whyNot === null) assert.equal(judged?.whyNot, null)
    else assert.match(judged?.whyNot ?? '', whyNot)
  })

test('checks that nobody asked for are shown after the others, and stand in nobody’s way', () => {
  const judged = judgeChecks([anybody], [said('lint', 'failure'), said('ci', 'success'), said('docs', 'pending')], head)
  assert.deepEqual(
    judged.map(({ name, isRequired, whyNot }) => [name, isRequired, whyNot]),
    [
      ['ci', true, null],
      ['docs', false, null],
      ['lint', false, null],
    ],
  )
})
