import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadSigningKey } from '../../secrets/signing-key.ts'
import { renderReceipt } from './render-receipt.ts'

interface Vector {
  privateKeyPem: string
  publicKeyPem: string
  statement: object
  envelope: { payload: string; signatures: { keyid: string; sig: string }[] }
}

const person = (username: string) => ({ id: `usr_${username}`, username, displayName: username })
const at = Date.UTC(2026, 2, 2, 10, 0, 0, 123)
const end = {
  id: 'end_vector',
  person: person('ben'),
  cause: 'console',
  reason: 'left “on Friday”',
  decidedBy: person('ana'),
  decidedAt: at,
  ended: [
    { kind: 'sessions', count: 2, isPassedOn: false },
    { kind: 'webhooks they look after', count: 1, isPassedOn: true },
  ],
  remains: [{ what: 'Copies they already have: clones, downloads and answers of the API.', until: null }],
  agents: [{ id: 'end_robot', agent: person('robot') }],
  nodes: [
    { id: 'node-1', confirmedAt: at + 12, cut: 2, seenAt: at, isSilent: false, cutsBy: null },
    { id: 'node-2', confirmedAt: null, cut: 0, seenAt: at - 60_000, isSilent: true, cutsBy: at - 53_000 },
  ],
  completedAt: at + 12,
} as const

test('the published vector comes out of its statement and key, byte by byte', async () => {
  const file = new URL('../../../docs/formats/vectors/access-end.json', import.meta.url)
  const vector = JSON.parse(await readFile(file, 'utf8')) as Vector
  const key = await loadSigningKey({ getOrCreate: () => Promise.resolve(vector.privateKeyPem) }, 'access-ends')
  const [ended, passedOn] = end.ended
  const payload = renderReceipt('https://git.example.com', {
    ...end,
    ended: [ended, passedOn],
    remains: [...end.remains],
    agents: [...end.agents],
    nodes: [...end.nodes],
  })
  assert.deepEqual(JSON.parse(payload.toString()), vector.statement)
  assert.deepEqual(JSON.parse(key.signStatement(payload)), vector.envelope)
  assert.equal(key.publicKeyPem, vector.publicKeyPem)
})
