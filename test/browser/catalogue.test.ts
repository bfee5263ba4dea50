import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { catalogue } from '../../src/policy/catalogue.ts'
import { adminMerge, adminSignIn, guestKeys, hardwareKeys } from './key-scenes.ts'
import { adminNetworks, sessionLimits, tokenLifetime, twoPeople } from './limit-scenes.ts'

// Each guardrail that ships, as the people meet it whom it stops: refused in words, shown the way out, and let through.
const scenes: Record<string, (context: TestContext) => Promise<void>> = {
  'admin-sign-in': adminSignIn,
  'admin-merge': adminMerge,
  'guest-keys': guestKeys,
  'two-people': twoPeople,
  'token-lifetime': tokenLifetime,
  'admin-networks': adminNetworks,
  'session-limits': sessionLimits,
  'hardware-keys': hardwareKeys,
}

test('every guardrail that ships is shown here', () => {
  const ids = catalogue.map(({ rule }) => rule.id)
  assert.deepEqual(Object.keys(scenes).sort(), ids.sort())
})

for (const { title, rule } of catalogue)
  test(title, { timeout: 120_000 }, async (context) => scenes[rule.id]?.(context))
