import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergePermissions, withoutKeys } from './permissions-policy.ts'

test('an upstream says what its pages may do, but for keys; what does not read as such a header is left out', () => {
  const cases: [lines: string[], merged: string][] = [
    [
      ['camera=(), geolocation=(self "https://maps.example")'],
      'camera=(), geolocation=(self "https://maps.example"), ',
    ],
    [['camera=*', 'microphone=self'], 'camera=*, microphone=self, '],
    [['publickey-credentials-get=*, camera=()'], 'camera=(), '],
    [[' publickey-credentials-create=(self)'], ''],
    // One part that cannot be parsed makes browsers forget all of it.
    [["geolocation 'none'"], ''],
    [['camera=("'], ''],
    [['camera=(), ='], ''],
    [[''], ''],
  ]
  for (const [lines, merged] of cases) assert.equal(mergePermissions(lines), `${merged}${withoutKeys}`, lines.join())
})
