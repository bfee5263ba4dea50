import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draftAct } from './draft.ts'
import { SealError } from './seal-error.ts'
import { type SignerEntry, credentialDigest } from './signer-entry.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import { renderTime } from './time.ts'
import { verifySignerChain } from './verify-signer-chain.ts'

const start = Date.parse('2026-03-01T09:00:00Z')
const at = (minutes: number) => start + minutes * 60_000

function person(username: string, minutes: number, enrolledVia: SignerEntry['enrolledVia'] = 'invitation') {
  return SoftwareSigner.create({ username, addedAt: renderTime(at(minutes)), enrolledVia })
}

/** A seal by which `by` vouches for the key of `entry`; `over` bends it. */
function vouch(
  by: SoftwareSigner,
  entry: SignerEntry,
  minutes: number,
  over: { action?: string; username?: string; publicKey?: Buffer } = {},
) {
  const { action = 'credential.endorse', username = entry.username, publicKey = entry.publicKey } = over
  const bodyDigest = `sha256:${'1'.repeat(64)}`
  return by.seal(
    draftAct(
      {
        signer: { userId: by.entry.userId, username: by.entry.username },
        requestedBy: by.entry.userId,
        policyDigest: `sha256:${'0'.repeat(64)}`,
        issuedAt: at(minutes),
        notAfter: at(minutes + 5),
      },
      {
        action,
        act: {
          method: 'POST',
          route: '/x',
          parameters: action === 'credential.endorse' ? { username } : {},
          bodyDigest,
          title: 'Vouch',
        },
        subjects: [{ name: 'credential', digest: { sha256: credentialDigest(publicKey) } }],
      },
    ),
  )
}

const root = person('ada', 0, 'setup')
const trustOf = (entries: SignerEntry[], one: SignerEntry) => verifySignerChain(entries).get(one.credentialId)

test('trust reaches from the root to whom it vouched for, and on', () => {
  const second = person('ada', 10, 'credential')
  const bob = person('bob', 20)
  const cid = person('cid', 30)
  const entries = [
    { ...cid.entry, endorsement: vouch(bob, cid.entry, 31) },
    { ...bob.entry, endorsement: vouch(second, bob.entry, 21) },
    { ...second.entry, endorsement: vouch(root, second.entry, 9, { action: 'credential.add' }) },
    root.entry,
  ]
  const chain = verifySignerChain(entries, { trust: root.entry.fingerprint })
  assert.deepEqual(
    entries.map(({ credentialId }) => [chain.get(credentialId)?.trust, chain.get(credentialId)?.endorsedBy]),
    [
      ['endorsed', 'bob'],
      ['endorsed', 'ada'],
      ['endorsed', 'ada'],
      ['root', null],
    ],
  )
})

test('a key that nobody vouched for is the server’s word, and so is whatever it vouches for', () => {
  const bob = person('bob', 20)
  const cid = { ...person('cid', 30).entry }
  const vouched = { ...cid, endorsement: vouch(bob, cid, 31) }
  assert.equal(trustOf([root.entry, bob.entry], bob.entry)?.trust, 'server')
  assert.equal(trustOf([root.entry, bob.entry, vouched], vouched)?.trust, 'server')
})

test('an endorsement that is not of this key and person does not count', () => {
  const bob = person('bob', 20)
  const eve = person('eve', 21)
  const judged = (endorsement: SignerEntry['endorsement'], more: SignerEntry[] = []) => {
    const entry = { ...bob.entry, endorsement }
    const found = trustOf([root.entry, entry, ...more], entry)
    assert.equal(found?.trust, 'server')
    return found.problem?.code
  }
  assert.equal(judged(vouch(root, bob.entry, 21, { publicKey: eve.entry.publicKey })), 'not-vouched')
  // Vouched for as Mallory's key: it must not become Bob's.
  assert.equal(judged(vouch(root, bob.entry, 21, { username: 'mallory' })), 'not-vouched')
  // Adding a key of one's own says nothing about somebody else's.
  assert.equal(judged(vouch(root, bob.entry, 21, { action: 'credential.add' })), 'not-vouched')
  assert.equal(judged(vouch(root, bob.entry, 21, { action: 'token.create' })), 'not-vouched')
  // Nor where the list of signers lends its entry the id of whoever did add it.
  const lent = { ...bob.entry, userId: root.entry.userId }
  const posing = { ...lent, endorsement: vouch(root, lent, 21, { action: 'credential.add' }) }
  assert.equal(trustOf([root.entry, posing], posing)?.problem?.code, 'not-vouched')
  assert.equal(judged(vouch(eve, bob.entry, 22)), 'signer-unknown')
  assert.equal(judged(vouch(bob, bob.entry, 22)), 'not-vouched')
  const early = vouch(eve, bob.entry, 5)
  assert.equal(judged(early, [eve.entry]), 'signer-unknown')
  const gone = { ...eve.entry, ended: { at: renderTime(at(22)), seal: null } }
  assert.equal(judged(vouch(eve, bob.entry, 23), [gone]), 'signer-ended')
})

test('keys that vouch for each other in a circle stay the server’s word', () => {
  const [a, b, c] = [person('aaa', 1), person('bbb', 2), person('ccc', 3)]
  const entries = [
    root.entry,
    { ...a.entry, endorsement: vouch(c, a.entry, 10) },
    { ...b.entry, endorsement: vouch(a, b.entry, 10) },
    { ...c.entry, endorsement: vouch(b, c.entry, 10) },
  ]
  const chain = verifySignerChain(entries)
  assert.deepEqual(
    entries.map((entry) => chain.get(entry.credentialId)?.trust),
    ['root', 'server', 'server', 'server'],
  )
})

test('trust in another root, no root, or one key twice are refused', () => {
  const fails = (code: string, entries: SignerEntry[], trust?: string) =>
    assert.throws(
      () => verifySignerChain(entries, { trust }),
      (error) => error instanceof SealError && error.code === code,
    )
  const late = person('eve', 60, 'setup')
  fails('trust-mismatch', [root.entry, late.entry], late.entry.fingerprint)
  fails('no-root', [person('bob', 1).entry])
  fails('no-root', [])
  fails('no-root', [root.entry, { ...root.entry, username: 'eve' }])
  assert.equal(trustOf([late.entry, root.entry], late.entry)?.trust, 'server')
})

test('keys trusted beside the root are roots as well, and whom they vouched for is endorsed', () => {
  const moved = person('ada', 10, 'invitation')
  const bob = person('bob', 20)
  const eve = person('eve', 30, 'setup')
  const entries = [root.entry, moved.entry, eve.entry, { ...bob.entry, endorsement: vouch(moved, bob.entry, 21) }]
  const trustsOf = (trust: string[]) => {
    const chain = verifySignerChain(entries, { trust })
    return entries.map(({ credentialId }) => chain.get(credentialId)?.trust)
  }
  const [first, second] = [root.entry.fingerprint, moved.entry.fingerprint]
  assert.deepEqual(trustsOf([first]), ['root', 'server', 'server', 'server'])
  assert.deepEqual(trustsOf([second, first, second]), ['root', 'root', 'server', 'endorsed'])
  assert.deepEqual(trustsOf([first, `SHA256:${'A'.repeat(43)}`]), ['root', 'server', 'server', 'server'])
  assert.throws(() => trustsOf([second]), { code: 'trust-mismatch' })
  assert.throws(() => trustsOf([]), { code: 'trust-mismatch' })
  const twice = { ...moved.entry, credentialId: Buffer.alloc(32).toString('base64url'), username: 'eve' }
  entries.push(twice)
  assert.throws(() => trustsOf([first, second]), { code: 'trust-mismatch' })
  assert.deepEqual(trustsOf([first]), ['root', 'server', 'server', 'server', 'server'])
})
