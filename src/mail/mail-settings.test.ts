import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlainAddress, parseMailSettings } from './mail-settings.ts'
import { connectionOptions } from './send-letter.ts'

const parse = (smtpUrl?: string, from: string | undefined = 'postern@example.com') =>
  parseMailSettings({ smtpUrl, from })

test('with nothing said there is no mail', () => {
  assert.equal(parseMailSettings({ smtpUrl: undefined, from: undefined }), undefined)
})

test('server, port, TLS and login are read from the URL', () => {
  assert.deepEqual(parse('smtps://ana:s%2Fe%40c%3Aret@mail.example.com')?.server, {
    host: 'mail.example.com',
    port: 465,
    isSecure: true,
    isLocal: false,
    login: { user: 'ana', password: 's/e@c:ret' },
  })
  assert.deepEqual(parse('smtp://LOCALHOST:25')?.server, {
    host: 'localhost',
    port: 25,
    isSecure: false,
    isLocal: true,
    login: undefined,
  })
  assert.equal(parse('smtp://mail.example.com')?.server.port, 587)
  assert.equal(parse('smtp://[::1]:25/')?.server.host, '::1')
  assert.equal(parse('smtp://[::1]:25/')?.server.isLocal, true)
})

test('a password goes over verified TLS or stays on this machine', () => {
  const options = (url: string) => {
    const { requireTLS, tls, secure } = connectionOptions((parse(url) ?? assert.fail()).server)
    return { requireTLS, secure, isVerified: tls.rejectUnauthorized }
  }
  assert.deepEqual(options('smtps://u:p@mail.example.com'), { requireTLS: false, secure: true, isVerified: true })
  assert.deepEqual(options('smtps://u:p@localhost'), { requireTLS: false, secure: true, isVerified: true })
  assert.deepEqual(options('smtp://u:p@mail.example.com'), { requireTLS: true, secure: false, isVerified: true })
  assert.deepEqual(options('smtp://u:p@127.0.0.1'), { requireTLS: false, secure: false, isVerified: false })
  // Names that only look as if they stayed here.
  for (const host of ['127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0'])
    assert.equal(options(`smtp://u:p@${host}`).requireTLS, true, host)
})

test('a sender is an address, with or without a name', () => {
  assert.deepEqual(parse('smtp://localhost', 'git@example.com')?.from, { name: 'Postern', address: 'git@example.com' })
  assert.deepEqual(parse('smtp://localhost', 'Our Git <git@example.com>')?.from, {
    name: 'Our Git',
    address: 'git@example.com',
  })
})

const refusals: Record<string, [() => unknown, RegExp]> = {
  'a sender without a server': [() => parse(undefined), /add POSTERN_SMTP_URL/],
  'a server without a sender': [
    () => parseMailSettings({ smtpUrl: 'smtp://x', from: undefined }),
    /add POSTERN_MAIL_FROM/,
  ],
  'an empty URL': [() => parse(''), /must look like smtps:/],
  'another scheme': [() => parse('https://mail.example.com'), /must look like smtps:/],
  'a host alone': [() => parse('mail.example.com:25'), /must look like smtps:/],
  'a path': [() => parse('smtp://mail.example.com/in/box'), /server and port alone/],
  'an option': [() => parse('smtp://mail.example.com?tls=no'), /server and port alone/],
  'no host': [() => parse('smtp://'), /server and port alone|must look like/],
  'a user without a password': [() => parse('smtp://ana@mail.example.com'), /both a user and a password/],
  'a password with a bare sign': [() => parse('smtp://ana:topsecret/x@mail.example.com'), /must look like|alone/],
  'a password with a bare percent': [() => parse('smtp://ana:topsecret%zz@mail.example.com'), /written as %25/],
  'a line break': [() => parse('smtp://mail.example\n.com'), /must look like/],
  'a sender that is no address': [() => parse('smtp://localhost', 'Postern'), /must be an address/],
  'two senders': [() => parse('smtp://localhost', 'a@b.c, d@e.f'), /must be an address/],
  'a sender with a line break': [() => parse('smtp://localhost', 'A\nB <a@b.c>'), /must be an address/],
}
for (const [what, [call, sentence]] of Object.entries(refusals))
  test(`${what} is refused in one line that holds no password`, () => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof Error)
      assert.match(error.message, sentence)
      assert.doesNotMatch(error.message, /\n|topsecret/)
      return true
    })
  })

test('an address is one address', () => {
  for (const address of ['a@b.c', 'ana.example+git@example.com', 'zoë@exämple.org', "o'neil@example.com"])
    assert.ok(isPlainAddress(address), address)
  for (const address of [
    '',
    'ana',
    'a@b@c',
    'a,b@c.d',
    'a@b.c,d@e.f',
    'a@b.c\r\nBcc: e@f.g',
    'group:a@b.c;',
    '"a b"@c.d',
    'a@b.c>',
    'a(x)@b.c',
    `${'a'.repeat(65)}@b.c`,
  ])
    assert.ok(!isPlainAddress(address), address)
})
