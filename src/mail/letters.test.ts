import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LetterFacts, type LetterKind, renderLetter } from './letters.ts'

const at = Date.UTC(2026, 2, 1, 9, 5)
const nasty = 'a\r\nBcc: eve@evil.example\u202e https://evil.example'
const examples: { [Kind in LetterKind]: LetterFacts[Kind] } = {
  'passkey-added': { credential: nasty, at },
  'passkey-removed': { credential: nasty, at },
  'passkey-renamed': { former: nasty, credential: nasty, at },
  'passkey-registered': { credential: nasty, at },
  'password-changed': { reason: '', at },
  'codes-set-up': { reason: '', at },
  'password-ended': { reason: nasty, at },
  'token-made': { token: nasty, expiresAt: at, at },
  'ssh-key-added': { key: nasty, fingerprint: 'SHA256:abc', at },
  'program-let-in': { program: nasty, expiresAt: at, at },
  'program-stopped': { program: nasty, at },
  'sessions-ended': { count: 2, at },
  'link-made': { by: nasty, at },
  'sign-in-joined': { place: nasty, by: 'domain', at },
  'passkey-rejudged': { credential: nasty, before: 'attested', now: 'passkey', reason: 'The maker reports a flaw.' },
  'webhook-off': { repository: 'pay/api', host: nasty, reason: 'nothing but failures for 5 days', at },
  'deploy-key-ends': {
    key: nasty,
    repository: 'pay/api',
    days: 14,
    reason: nasty,
    expiresAt: at,
    lastUsedAt: 0,
  },
  'mirror-failing': { repository: 'pay/api', host: nasty, reason: nasty, at },
  'deploy-key-ended': { key: nasty, repository: 'pay/api', reason: nasty, at },
  'pipeline-left': { pipeline: nasty, repository: 'pay/api', person: nasty, keepBy: at, isStopped: true },
  'pipeline-ended': { pipeline: nasty, repository: 'pay/api', person: nasty, at },
  'pipeline-reused': { pipeline: nasty, repository: 'pay/api', subject: nasty, at },
  'deploy-key-left': { key: nasty, repository: 'pay/api', person: nasty, keepBy: at },
  'token-ends': { token: nasty, agent: nasty, days: 1, expiresAt: at, lastUsedAt: at, isFollowed: true },
  'token-reused': { token: nasty, agent: '', at },
  'token-given-up': { token: nasty, agent: nasty, at },
  'access-ended': { at },
  'access-restored': { at },
  'left-behind': { what: 'webhook', repository: 'pay/api', host: nasty, person: nasty, keepBy: at },
  'left-behind-off': { what: 'mirror', repository: 'pay/api', host: nasty, person: nasty, keepBy: at },
  'merge-bypassed': { pullRequest: 'pay/api#3', branch: nasty, by: nasty, reason: nasty, confirmBy: at },
  'bypass-overdue': { pullRequest: 'pay/api#3', branch: nasty, by: nasty, reason: nasty, confirmBy: at },
  'merge-ready': { pullRequest: 'pay/api#3', method: 'a merge commit' },
  'review-requested': { pullRequest: 'pay/api#3', by: nasty },
  reviewed: { pullRequest: 'pay/api#3', by: nasty, verdict: 'changes-requested' },
  landed: { pullRequest: 'pay/api#3', by: nasty, what: 'merged' },
  talk: { pullRequest: 'pay/api#3', by: nasty, why: 'mention' },
  'tap-waits': { title: nasty, by: nasty, link: 'https://git.example.com/s/abc', expiresAt: at },
  invitation: {
    by: nasty,
    what: 'as a guest',
    message: nasty,
    link: 'https://git.example.com/-/setup#abc',
    expiresAt: at,
  },
  ownerless: { at },
  'guest-ending': { endsAt: at, ask: nasty },
  'guest-ending-sponsor': { guest: nasty, endsAt: at, page: 'https://git.example.com/-/people/gus' },
  'address-check': { username: 'ana', link: 'https://git.example.com/-/verify-address#abc', expiresAt: at },
  'address-changed': { username: 'ana', at },
  register: { link: 'https://git.example.com/-/setup#abc', expiresAt: at },
  'register-known': { at },
  'domain-claim': { domain: 'example.com', by: nasty, claim: 'clm_abc', graceEndsAt: at },
  'domain-claimed': { domain: 'example.com', at },
  'domain-lost': { domain: 'example.com', reason: 'example.com was not found.', at },
  announcement: { group: nasty, by: nasty, title: nasty, body: nasty, needs: 'a hardware key', dueAt: at },
  'recovery-codes-made': { at },
  'recovery-guessed': { count: 10, at },
  'recovery-started': { by: nasty, address: '203.0.113.7', cancelUntil: at, at },
  'recovery-opened': { at },
  'recovery-registered': { credential: nasty, cancelUntil: at + 1, at },
  'recovery-over': { outcome: 'cancelled', how: nasty, at },
  'recovery-cancelled': { person: nasty, how: nasty, at },
  'break-glass-made': { person: nasty, by: nasty, at },
  'break-glass-used': { person: nasty, at },
  'break-glass-waits': { person: nasty, usedAt: at },
  'enrolment-reminder': { rule: nasty, needs: 'a hardware key', deadline: at },
}

for (const kind of Object.keys(examples) as LetterKind[])
  test(`the letter ${kind} says what to do, leads only to this instance, and hides nothing`, () => {
    const { subject, text } = renderLetter(kind, examples[kind], 'https://git.example.com')
    assert.match(subject, /^[A-Z][\w ,-]{10,70}$/, 'a subject holds no name')
    assert.match(text, /at https:\/\/git\.example\.com\n/)
    assert.doesNotMatch(text, /[^\n\P{Cc}]|\p{Cf}/u)
    for (const [link] of text.matchAll(/\w+:\/\/[^\s]+/g))
      assert.match(link, /^https:\/\/git\.example\.com(\/-\/account\/\w+)?/)
    assert.doesNotMatch(text, /^Bcc/m)
    assert.ok(text.length < 1_200, 'short')
  })

test('a reminder says what is needed, by when, and where', () => {
  const { text } = renderLetter(
    'enrolment-reminder',
    { rule: 'Keys for administrators', needs: 'a hardware key', deadline: at },
    'https://git.example.com',
  )
  assert.equal(
    text,
    `From 2026-03-01 at 09:05 UTC on, the rule “Keys for administrators” asks you for a hardware key. You have none yet.

Register it before then at https://git.example.com/-/account/passkeys. After that day, signing in leads you straight to registering it.

--\u0020
Postern at https://git.example.com
No link in this letter signs you in or proves anything: you can type the address yourself.
`,
  )
})

test('one session is not “1 other sessions”', () => {
  const text = (count: number) => renderLetter('sessions-ended', { count, at }, 'https://git.example.com').text
  assert.match(text(1), /^Your other session was ended/)
  assert.match(text(3), /^Your 3 other sessions were ended/)
})

test('a link made from the server’s own shell names nobody', () => {
  const { text } = renderLetter('link-made', { by: null, at }, 'https://git.example.com')
  assert.match(text, /^Somebody with access to the server itself made a one-time link/)
})
