import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { createPrivateCa } from '../test/support/private-ca.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-config-'))
const pem = join(folder, 'x.pem')
writeFileSync(pem, 'pem')
after(() => rmSync(folder, { recursive: true }))

test('with nothing said, everything has its default', () => {
  const { url, rpId, port, listen, dataFolder, databaseUrl, trustedProxies, tls, limits } = loadConfig([], {})
  assert.deepEqual(
    { origin: url.origin, rpId, port, listen, dataFolder, databaseUrl, trustedProxies, tls },
    {
      origin: 'http://localhost:7400',
      rpId: 'localhost',
      port: 7400,
      listen: '127.0.0.1',
      dataFolder: resolve('data'),
      databaseUrl: `sqlite:${resolve('data', 'postern.db')}`,
      trustedProxies: [],
      tls: undefined,
    },
  )
  assert.deepEqual(limits, {
    maxBlobBytes: 100 * 1024 ** 2,
    maxPushBytes: 2048 * 1024 ** 2,
    maxLfsFileBytes: 5120 * 1024 ** 2,
    maxLfsRepositoryBytes: 51_200 * 1024 ** 2,
    operationTimeoutMs: 24 * 3_600_000,
  })
})

test('limits and the way to the counters', () => {
  const token = 'a-token-of-at-least-twenty'
  const usual = loadConfig([], {})
  assert.deepEqual([usual.rateLimit, usual.metricsToken], [3000, undefined])
  assert.equal(loadConfig(['--rate-limit', '9000'], {}).rateLimit, 9000)
  const small = { POSTERN_MAX_FILE_MB: '5', POSTERN_MAX_PUSH_MB: '50', POSTERN_OPERATION_HOURS: '1' }
  const smallLfs = { POSTERN_MAX_LFS_FILE_MB: '6', POSTERN_MAX_LFS_REPOSITORY_MB: '60' }
  assert.deepEqual(loadConfig([], { ...small, ...smallLfs }).limits, {
    maxBlobBytes: 5 * 1024 ** 2,
    maxPushBytes: 50 * 1024 ** 2,
    maxLfsFileBytes: 6 * 1024 ** 2,
    maxLfsRepositoryBytes: 60 * 1024 ** 2,
    operationTimeoutMs: 3_600_000,
  })
  assert.equal(loadConfig([], { POSTERN_METRICS_TOKEN: token }).metricsToken, token)
})

const secrets: Record<string, [string, (config: Config) => unknown, unknown]> = {
  POSTERN_METRICS_TOKEN: ['x'.repeat(24), (config) => config.metricsToken, 'x'.repeat(24)],
  POSTERN_SECRET_KEY: [Buffer.alloc(32, 7).toString('base64'), (config) => config.secretKey, Buffer.alloc(32, 7)],
  POSTERN_SMTP_URL: ['smtps://a:b%2Fc@mail.example.com', (config) => config.mail?.server.login?.password, 'b/c'],
  POSTERN_DATABASE_URL: ['postgres://ana:secret@db/x', (config) => config.databaseUrl, 'postgres://ana:secret@db/x'],
}
for (const [variable, [text, read, expected]] of Object.entries(secrets))
  test(`${variable} may stand in a file of its own, once`, () => {
    const file = join(folder, variable)
    writeFileSync(file, `${text}\n`)
    const { [variable]: _ofItself, ...env }: Record<string, string> = {
      POSTERN_MAIL_FROM: 'git@example.com',
      POSTERN_SMTP_URL: 'smtp://localhost',
      POSTERN_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    }
    assert.deepEqual(read(loadConfig([], { ...env, [`${variable}_FILE`]: file })), expected)
    const refused = (more: Record<string, string>, sentence: RegExp): void =>
      assert.throws(
        () => loadConfig([], { ...env, ...more }),
        (error) => error instanceof ConfigError && sentence.test(error.message) && !error.message.includes('secret@'),
      )
    const twice = { [variable]: text, [`${variable}_FILE`]: file }
    refused(twice, new RegExp(`^${variable} and ${variable}_FILE say the same thing; leave one out\\.$`))
    refused({ [`${variable}_FILE`]: '/nothing' }, new RegExp(`^${variable}_FILE /nothing cannot be read\\.`))
    refused({ [`${variable}_FILE`]: '/dev/null' }, new RegExp(`^${variable} `))
  })

test('name servers by address, with or without a port', () => {
  assert.deepEqual(loadConfig([], {}).dnsServers, [])
  assert.deepEqual(loadConfig([], { POSTERN_DNS_SERVERS: '9.9.9.9, [2620:fe::fe]:5353' }).dnsServers, [
    '9.9.9.9',
    '[2620:fe::fe]:5353',
  ])
})

test('a flag stands above its variable, and an empty variable says nothing', () => {
  assert.equal(loadConfig(['--port', '1234'], { POSTERN_PORT: '5678' }).port, 1234)
  assert.equal(loadConfig([], { POSTERN_PORT: '5678' }).url.origin, 'http://localhost:5678')
  assert.equal(loadConfig([], { POSTERN_PORT: '' }).port, 7400)
})

test('where SSH listens and is reached', () => {
  const { sshPort, sshListen, sshAddress } = loadConfig([], {})
  assert.deepEqual([sshPort, sshListen, sshAddress], [7422, '127.0.0.1', undefined])
  assert.equal(loadConfig(['--listen', '0.0.0.0'], {}).sshListen, '0.0.0.0')
  assert.equal(loadConfig(['--ssh-port', 'off'], {}).sshPort, null)
  const given = loadConfig(['--ssh-listen', '::', '--ssh-address', 'Git.Example.com'], {})
  assert.deepEqual([given.sshListen, given.sshAddress], ['::', { host: 'git.example.com', port: 22 }])
})

test('a real host takes https, by own certificate or by a named proxy', () => {
  const issued = createPrivateCa().issue('git.example.com')
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  writeFileSync(files.cert, issued.cert)
  writeFileSync(files.key, issued.key)
  const own = loadConfig(['--url', 'https://git.example.com', '--tls-cert', files.cert, '--tls-key', files.key], {})
  assert.deepEqual([own.rpId, own.tls?.cert.toString()], ['git.example.com', issued.cert])
  assert.deepEqual(
    loadConfig(['--url', 'https://git.example.com', '--trusted-proxies', '10.0.0.0/8, ::1'], {}).trustedProxies,
    ['10.0.0.0/8', '::1'],
  )
})

const refusals: Record<string, [args: string[], env: Record<string, string>, sentence: RegExp]> = {
  'an unknown variable': [[], { POSTERN_URLS: 'x' }, /POSTERN_URLS is not a setting/],
  'an unknown flag': [['--prot', '1'], {}, /--prot.*--help/],
  'a word that is no flag': [['now'], {}, /now/],
  'a URL that is none': [['--url', 'git.example.com'], {}, /is not a URL such as https/],
  'a URL of another scheme': [['--url', 'ftp://localhost'], {}, /must begin with https/],
  'a URL with a path': [['--url', 'https://example.com/git'], {}, /an origin alone.*https:\/\/example\.com$/],
  'an IPv4 host': [['--url', 'http://127.0.0.1:7400'], {}, /needs a host name.*http:\/\/localhost:7400/],
  'an IPv6 host': [['--url', 'http://[::1]:7400'], {}, /needs a host name/],
  'an IPv4 host in disguise': [['--url', 'https://0x7f.1'], {}, /needs a host name/],
  'http on a real host': [
    ['--url', 'http://git.example.com'],
    {},
    /https only.*POSTERN_TLS_CERT.*POSTERN_TRUSTED_PROXIES/,
  ],
  'https by nobody': [
    ['--url', 'https://git.example.com'],
    {},
    /give either POSTERN_TLS_CERT.*or POSTERN_TRUSTED_PROXIES/,
  ],
  'a certificate for http': [
    ['--tls-cert', pem, '--tls-key', pem],
    {},
    /POSTERN_TLS_CERT is given, but POSTERN_URL is http/,
  ],
  'a certificate without its key': [['--url', 'https://a.b', '--tls-cert', pem], {}, /go together/],
  'a key without its certificate': [['--url', 'https://a.b'], { POSTERN_TLS_KEY: pem }, /go together/],
  'a certificate that cannot be read': [
    ['--url', 'https://a.b', '--tls-cert', '/nothing', '--tls-key', pem],
    {},
    /\/nothing cannot be read/,
  ],
  'a proxy by name': [['--trusted-proxies', 'caddy'], {}, /caddy is neither an address nor a range/],
  'a range too long': [['--trusted-proxies', '10.0.0.0/33'], {}, /10\.0\.0\.0\/33 is neither/],
  'a name server by name': [['--dns-servers', 'dns.example.com'], {}, /addresses of name servers, such as 9\.9\.9\.9/],
  'mail without a sender': [[], { POSTERN_SMTP_URL: 'smtp://localhost' }, /add POSTERN_MAIL_FROM/],
  'another database': [['--database', 'mysql://x'], {}, /must begin with postgres/],
  'an SSH address that is none': [[], { POSTERN_SSH_ADDRESS: 'ssh://git@git.example.com' }, /must be host:port/],
  'an SSH port out of range': [['--ssh-address', 'git.example.com:70000'], {}, /must be host:port/],
  'a port out of range': [['--port', '70000'], {}, /whole number from 0 to 65535/],
  'a port that is no number': [[], { POSTERN_PORT: '7400x' }, /whole number/],
  'a push that waits for an hour': [['--push-wait-seconds', '3600'], {}, /from 10 to 600/],
  'a rate that nobody could sign in with': [['--rate-limit', '1'], {}, /from 60 to 10000000/],
  'a metrics token that can be guessed': [[], { POSTERN_METRICS_TOKEN: 'secret' }, /20 or more letters/],
  'a metrics token that no header can carry': [['--metrics-token', 'two words and an umlaut ü'], {}, /without spaces/],
  'PostgreSQL without a key for its secrets': [['--database', 'postgres://x'], {}, /is needed with PostgreSQL/],
  'a secret key that is too short': [[], { POSTERN_SECRET_KEY: 'c2hvcnQ=' }, /is not base64 of 32 bytes/],
  'an operation without end': [['--operation-hours', '25'], {}, /from 1 to 24/],
}
for (const [what, [args, env, sentence]] of Object.entries(refusals))
  test(`${what} is refused in one line`, () => {
    assert.throws(
      () => loadConfig(args, env),
      (error) => {
        assert.ok(error instanceof ConfigError)
        assert.match(error.message, sentence)
        assert.doesNotMatch(error.message, /\n/)
        return true
      },
    )
  })
