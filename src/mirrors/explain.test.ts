import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { explainFetch } from './explain-fetch.ts'
import { explainStatus } from './explain-status.ts'
import { parseAdvertisement } from './parse-advertisement.ts'
import { explainRefusal, parsePushReport } from './push-report.ts'

const asked = { url: 'https://git.example.com/a.git', service: 'git-upload-pack', hasPassword: true } as const

test('says which check a history failed', () => {
  const said = `remote: x\nerror: object ${'1'.repeat(40)}: zeroPaddedFilemode: contains zero-padded file modes\nfatal: fsck error in packed object\n`
  const { code, message } = explainFetch(said, asked)
  assert.equal(code, 'fsck')
  assert.match(
    message,
    /failed Git’s check “zeroPaddedFilemode”: a folder lists modes of files with zeros in front \(object 111111111111\)/,
  )
})

test('git’s other words become ours', () => {
  const codes = {
    'fatal: unable to access: The requested URL returned error: 403': 'forbidden',
    "fatal: could not read Username for 'https://x': terminal prompts disabled": 'wrong-password',
    'error: RPC failed; curl 28 Operation too slow.': 'stalled',
    'fatal: early EOF': 'broken-off',
    'fatal: something new\u001b[31m': 'git-failed',
  }
  for (const [said, code] of Object.entries(codes)) assert.equal(explainFetch(said, asked).code, code)
  assert.match(explainFetch('fatal: something new\u001b[31m', asked).message, /something new\\u\{1b\}\[31m/)
})

test('a redirect shows where it leads, without what could be secret in it', () => {
  const location = 'https://u:p@other.example.com/b.git/info/refs?service=git-upload-pack&token=t'
  const { message } = explainStatus(301, { ...asked, location })
  assert.match(message, /sends us to https:\/\/other\.example\.com\/b\.git\./)
  assert.doesNotMatch(message, /token|u:p/)
  assert.match(explainStatus(302, { ...asked, location: '::' }).message, /elsewhere|example/)
})

test('reads what a server says before a push', () => {
  const oid = 'a'.repeat(40)
  const bytes = Buffer.concat([
    encodePkt('# service=git-receive-pack\n'),
    flushPkt,
    encodePkt(`${oid} refs/heads/main\0report-status atomic\n`),
    encodePkt(`${oid} refs/tags/v1\n`),
    flushPkt,
  ])
  const { refs, capabilities } = parseAdvertisement(bytes)
  assert.deepEqual([...refs.keys()], ['refs/heads/main', 'refs/tags/v1'])
  assert.ok(capabilities.has('atomic'))
  const empty = encodePkt(`${'0'.repeat(40)} capabilities^{}\0report-status\n`)
  assert.equal(parseAdvertisement(Buffer.concat([empty, flushPkt])).refs.size, 0)
  for (const bad of [Buffer.from('<html>'), bytes.subarray(0, -7), flushPkt, Buffer.alloc(0)])
    assert.throws(() => parseAdvertisement(bad))
})

test('reads git’s report of a push, and says why something was refused', () => {
  const oid = 'b'.repeat(40)
  const lines = parsePushReport(
    [
      'To https://git.example.com/a.git',
      `*\t${oid}:refs/heads/new\t[new branch]`,
      '-\t:refs/heads/old\t[deleted]',
      `!\t${oid}:refs/heads/main\t[remote rejected] (pre-receive hook declined)`,
      `!\t${oid}:refs/heads/side\t[remote rejected] (atomic push failure)`,
      'Done',
    ].join('\n'),
  )
  assert.deepEqual(
    lines.map(({ ref, isDone }) => [ref, isDone]),
    [
      ['refs/heads/new', true],
      ['refs/heads/old', true],
      ['refs/heads/main', false],
      ['refs/heads/side', false],
    ],
  )
  const refused = explainRefusal(lines, 'git.example.com', ['GitLab: You are not allowed to push code.'])
  assert.equal(refused.code, 'protected-there')
  assert.match(refused.message, /^git\.example\.com protects main\..*It said: GitLab: You are not allowed/)
  const stale = [{ ref: 'refs/heads/x', isDone: false, said: '[rejected] (stale info)' }]
  assert.equal(explainRefusal(stale, 'h', []).code, 'strayed')
})
