import { Resolver } from 'node:dns'
import { accessSync, constants, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type MetadataSettings, parseMetadataSettings } from './attestation/metadata-settings.ts'
import { findTlsProblem } from './http/tls-pair.ts'
import { parseRanges } from './http/trusted-proxies.ts'
import { parseSecretKey } from './secrets/secret-key.ts'
import { type MailSettings, parseMailSettings } from './mail/mail-settings.ts'

export interface Limits {
  /** Largest single object and largest push, in bytes. */
  maxBlobBytes: number
  maxPushBytes: number
  /** Largest file of Git LFS, and all of them in one repository, in bytes. */
  maxLfsFileBytes: number
  maxLfsRepositoryBytes: number
  /** Longest time one git operation may take. */
  operationTimeoutMs: number
}

export interface Config {
  url: URL
  rpId: string
  port: number
  /** Null: nobody comes in over SSH. */
  sshPort: number | null
  /** Another address than `listen`: a proxy in front of HTTP does not carry SSH. */
  sshListen: string
  /** Where people reach it, if that is not this host and port. */
  sshAddress: { host: string; port: number } | undefined
  listen: string
  dataFolder: string
  /** `sqlite:<file>` or `postgres://…` */
  databaseUrl: string
  trustedProxies: readonly string[]
  tls: { cert: Buffer; key: Buffer } | undefined
  /** Addresses and ranges inside the house that webhooks and mirrors may reach. */
  outboundAllow: readonly string[]
  /** Name servers that domains are verified by, `ip` or `ip:port`; none: the system's. */
  dnsServers: readonly string[]
  /** Undefined: no letters are sent. */
  mail: MailSettings | undefined
  /** Tools behind the proxy that are kept in a file; undefined: only those made in the console. */
  routesFile: string | undefined
  metadata: MetadataSettings
  limits: Limits
  /** Sign-in requests a minute that one address may make; the other limits follow from it. */
  rateLimit: number
  /** How long a push waits for its person's tap. */
  pushWaitSeconds: number
  /** Opens /metrics from elsewhere than this machine. */
  metricsToken: string | undefined
  /** Under which secrets lie in the database; undefined: made in the data folder, with SQLite alone. */
  secretKey: Buffer | undefined
  logLevel: string
  isDemo: boolean
}

/** A setting that cannot be served; the message is one line that says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const settings = {
  url: { flag: 'url', variable: 'POSTERN_URL' },
  port: { flag: 'port', variable: 'POSTERN_PORT' },
  sshPort: { flag: 'ssh-port', variable: 'POSTERN_SSH_PORT' },
  sshListen: { flag: 'ssh-listen', variable: 'POSTERN_SSH_LISTEN' },
  sshAddress: { flag: 'ssh-address', variable: 'POSTERN_SSH_ADDRESS' },
  listen: { flag: 'listen', variable: 'POSTERN_LISTEN' },
  data: { flag: 'data', variable: 'POSTERN_DATA' },
  database: { flag: 'database', variable: 'POSTERN_DATABASE_URL' },
  databaseFile: { flag: 'database-file', variable: 'POSTERN_DATABASE_URL_FILE' },
  trustedProxies: { flag: 'trusted-proxies', variable: 'POSTERN_TRUSTED_PROXIES' },
  outboundAllow: { flag: 'outbound-allow', variable: 'POSTERN_OUTBOUND_ALLOW' },
  dnsServers: { flag: 'dns-servers', variable: 'POSTERN_DNS_SERVERS' },
  tlsCert: { flag: 'tls-cert', variable: 'POSTERN_TLS_CERT' },
  tlsKey: { flag: 'tls-key', variable: 'POSTERN_TLS_KEY' },
  smtpUrl: { flag: 'smtp-url', variable: 'POSTERN_SMTP_URL' },
  smtpUrlFile: { flag: 'smtp-url-file', variable: 'POSTERN_SMTP_URL_FILE' },
  mailFrom: { flag: 'mail-from', variable: 'POSTERN_MAIL_FROM' },
  maxFileMb: { flag: 'max-file-mb', variable: 'POSTERN_MAX_FILE_MB' },
  maxPushMb: { flag: 'max-push-mb', variable: 'POSTERN_MAX_PUSH_MB' },
  maxLfsFileMb: { flag: 'max-lfs-file-mb', variable: 'POSTERN_MAX_LFS_FILE_MB' },
  maxLfsRepositoryMb: { flag: 'max-lfs-repository-mb', variable: 'POSTERN_MAX_LFS_REPOSITORY_MB' },
  operationHours: { flag: 'operation-hours', variable: 'POSTERN_OPERATION_HOURS' },
  rateLimit: { flag: 'rate-limit', variable: 'POSTERN_RATE_LIMIT' },
  metadataUrl: { flag: 'metadata-url', variable: 'POSTERN_METADATA_URL' },
  metadataRoot: { flag: 'metadata-root', variable: 'POSTERN_METADATA_ROOT' },
  pushWaitSeconds: { flag: 'push-wait-seconds', variable: 'POSTERN_PUSH_WAIT_SECONDS' },
  metricsToken: { flag: 'metrics-token', variable: 'POSTERN_METRICS_TOKEN' },
  metricsTokenFile: { flag: 'metrics-token-file', variable: 'POSTERN_METRICS_TOKEN_FILE' },
  secretKey: { flag: 'secret-key', variable: 'POSTERN_SECRET_KEY' },
  secretKeyFile: { flag: 'secret-key-file', variable: 'POSTERN_SECRET_KEY_FILE' },
  routes: { flag: 'routes', variable: 'POSTERN_ROUTES' },
  logLevel: { flag: 'log-level', variable: 'POSTERN_LOG_LEVEL' },
} as const
type Setting = keyof typeof settings
/** May stand in a file of its own, where neither the list of processes nor a unit's settings show it. */
type Secret = { [Name in Setting]: `${Name}File` extends Setting ? Name : never }[Setting]

/** Reads flags, then environment, then defaults. @throws ConfigError on anything unknown or contradictory */
export function loadConfig(args: readonly string[], env: NodeJS.ProcessEnv): Config {
  const given = readSettings(args, env)
  const value = (setting: Setting): string | undefined => given.values[setting]
  const secret = (setting: Secret): string | undefined => readSecret(given.values, setting)

  const port = wholeNumber('port', value('port') ?? '7400', 0, 65_535)
  const tls = loadTls(value('tlsCert'), value('tlsKey'))
  const trustedProxies = parseRangeList('POSTERN_TRUSTED_PROXIES', value('trustedProxies'))
  const url = parseUrl(value('url') ?? `http://localhost:${port}`, { hasTls: tls !== undefined, trustedProxies })
  const tlsProblem =
    tls && findTlsProblem(url.hostname, tls, { cert: value('tlsCert') ?? '', key: value('tlsKey') ?? '' })
  if (tlsProblem !== undefined) throw new ConfigError(tlsProblem)
  const dataFolder = resolve(value('data') ?? './data')
  const databaseUrl = parseDatabaseUrl(secret('database'), dataFolder)
  return {
    url,
    rpId: url.hostname,
    port,
    sshPort: value('sshPort') === 'off' ? null : wholeNumber('ssh-port', value('sshPort') ?? '7422', 0, 65_535),
    sshListen: value('sshListen') ?? value('listen') ?? '127.0.0.1',
    sshAddress: parseSshAddress(value('sshAddress')),
    listen: value('listen') ?? '127.0.0.1',
    dataFolder,
    databaseUrl,
    trustedProxies,
    dnsServers: parseDnsServers(value('dnsServers')),
    outboundAllow: parseRangeList('POSTERN_OUTBOUND_ALLOW', value('outboundAllow')),
    tls,
    mail: loadMail(secret('smtpUrl'), value('mailFrom')),
    limits: {
      maxBlobBytes: wholeNumber('max-file-mb', value('maxFileMb') ?? '100', 1, 100_000) * 1024 ** 2,
      maxPushBytes: wholeNumber('max-push-mb', value('maxPushMb') ?? '2048', 1, 1_000_000) * 1024 ** 2,
      maxLfsFileBytes: wholeNumber('max-lfs-file-mb', value('maxLfsFileMb') ?? '5120', 1, 1_000_000) * 1024 ** 2,
      maxLfsRepositoryBytes:
        wholeNumber('max-lfs-repository-mb', value('maxLfsRepositoryMb') ?? '51200', 1, 100_000_000) * 1024 ** 2,
      operationTimeoutMs: wholeNumber('operation-hours', value('operationHours') ?? '24', 1, 24) * 3_600_000,
    },
    routesFile: loadRoutesFile(value('routes')),
    metadata: loadMetadata(value('metadataUrl'), value('metadataRoot')),
    rateLimit: wholeNumber('rate-limit', value('rateLimit') ?? '3000', 60, 10_000_000),
    pushWaitSeconds: wholeNumber('push-wait-seconds', value('pushWaitSeconds') ?? '120', 10, 600),
    metricsToken: checkMetricsToken(secret('metricsToken')),
    secretKey: decodeSecretKey(secret('secretKey'), databaseUrl),
    logLevel: value('logLevel') ?? 'warn',
    isDemo: given.isDemo,
  }
}

function readSettings(args: readonly string[], env: NodeJS.ProcessEnv) {
  const values: Partial<Record<Setting, string>> = {}
  let flags: Record<string, string | boolean | undefined>
  try {
    const options = Object.fromEntries(Object.values(settings).map(({ flag }) => [flag, { type: 'string' as const }]))
    flags = parseArgs({ args: [...args], options: { ...options, demo: { type: 'boolean' } }, strict: true }).values
  } catch (error) {
    throw new ConfigError(`${(error as Error).message.split('. ')[0]}. See postern serve --help.`)
  }
  for (const [setting, { flag, variable }] of Object.entries(settings)) {
    const given = flags[flag] ?? env[variable]
    if (typeof given === 'string' && given !== '') values[setting as Setting] = given
  }
  const known = new Set<string>([...Object.values(settings).map(({ variable }) => variable), 'POSTERN_VECTORS'])
  const unknown = Object.keys(env).find((name) => name.startsWith('POSTERN_') && !known.has(name))
  if (unknown !== undefined) throw new ConfigError(`${unknown} is not a setting of Postern. See postern serve --help.`)
  return { values, isDemo: flags.demo === true }
}

function parseRangeList(variable: string, text = ''): readonly string[] {
  const ranges = text
    .split(',')
    .map((range) => range.trim())
    .filter(Boolean)
  try {
    parseRanges(ranges)
  } catch (error) {
    throw new ConfigError(`${variable}: ${(error as Error).message}`)
  }
  return ranges
}

function parseSshAddress(text: string | undefined): Config['sshAddress'] {
  if (text === undefined) return undefined
  const [, host = '', port = '22'] = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?$/i.exec(text) ?? []
  if (host !== '' && Number(port) >= 1 && Number(port) <= 65_535)
    return { host: host.toLowerCase(), port: Number(port) }
  throw new ConfigError(`POSTERN_SSH_ADDRESS must be host:port as people reach it, such as git.example.com:22.`)
}

function parseDnsServers(text = ''): readonly string[] {
  const servers = text
    .split(',')
    .map((server) => server.trim())
    .filter(Boolean)
  try {
    new Resolver().setServers(servers)
  } catch {
    throw new ConfigError(
      'POSTERN_DNS_SERVERS must be addresses of name servers, such as 9.9.9.9 or [2620:fe::fe]:53, separated by commas.',
    )
  }
  return servers
}

function parseUrl(text: string, given: { hasTls: boolean; trustedProxies: readonly string[] }): URL {
  if (!URL.canParse(text)) throw new ConfigError(`POSTERN_URL ${text} is not a URL such as https://git.example.com.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ConfigError(`POSTERN_URL ${text} must begin with https://.`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new ConfigError(`POSTERN_URL ${text} must be an origin alone, without a path: ${url.origin}`)
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw new ConfigError(
      'POSTERN_URL needs a host name: browsers make no passkeys for an address. Use http://localhost:7400 to try it out.',
    )
  if (url.hostname !== 'localhost' && url.protocol !== 'https:')
    throw new ConfigError(
      `Passkeys work over https only. Use https://${url.host} with POSTERN_TLS_CERT and POSTERN_TLS_KEY, or behind a proxy named in POSTERN_TRUSTED_PROXIES.`,
    )
  if (url.protocol === 'https:' && !given.hasTls && given.trustedProxies.length === 0)
    throw new ConfigError(
      `For ${url.origin} give either POSTERN_TLS_CERT and POSTERN_TLS_KEY, or POSTERN_TRUSTED_PROXIES=<address of the proxy that ends TLS>.`,
    )
  if (url.protocol === 'http:' && given.hasTls)
    throw new ConfigError(
      'POSTERN_TLS_CERT is given, but POSTERN_URL is http. Make it https, or leave the certificate out.',
    )
  return url
}

function loadTls(cert: string | undefined, key: string | undefined): Config['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw new ConfigError('POSTERN_TLS_CERT and POSTERN_TLS_KEY go together; one is missing.')
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file)
    } catch {
      throw new ConfigError(`${file} cannot be read. Check the path and its permissions.`)
    }
  }
  return { cert: read(cert), key: read(key) }
}

function loadMail(smtpUrl: string | undefined, from: string | undefined) {
  try {
    return parseMailSettings({ smtpUrl, from })
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

function checkMetricsToken(token: string | undefined): string | undefined {
  // RFC 6750 §2.1: what can stand behind “Bearer”. Short ones can be guessed.
  if (token === undefined || /^[\w.~+/-]{20,200}=*$/.test(token)) return token
  throw new ConfigError(
    'POSTERN_METRICS_TOKEN must be 20 or more letters, digits and -._~+/ without spaces: try openssl rand -hex 24.',
  )
}

function decodeSecretKey(text: string | undefined, databaseUrl: string): Buffer | undefined {
  if (text === undefined && databaseUrl.startsWith('sqlite:')) return undefined
  const key = text === undefined ? undefined : parseSecretKey(text)
  if (key === undefined)
    throw new ConfigError(
      `POSTERN_SECRET_KEY ${text === undefined ? 'is needed with PostgreSQL, the same on every node' : 'is not base64 of 32 bytes'}: openssl rand -base64 32.`,
    )
  return key
}

function readSecret(values: Partial<Record<Setting, string>>, setting: Secret): string | undefined {
  const file = values[`${setting}File`]
  if (file === undefined) return values[setting]
  const [{ variable }, { variable: ofFile }] = [settings[setting], settings[`${setting}File`]]
  if (values[setting] !== undefined)
    throw new ConfigError(`${variable} and ${ofFile} say the same thing; leave one out.`)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new ConfigError(`${ofFile} ${file} cannot be read. Check the path and its permissions.`)
  }
}

function loadRoutesFile(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    accessSync(file, constants.R_OK)
  } catch {
    throw new ConfigError(`POSTERN_ROUTES ${file} cannot be read. Check the path and its permissions.`)
  }
  return resolve(file)
}

function loadMetadata(...[url, rootFile]: (string | undefined)[]): MetadataSettings {
  try {
    return parseMetadataSettings({ url, rootFile })
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

function parseDatabaseUrl(text: string | undefined, dataFolder: string): string {
  if (text === undefined || text === 'sqlite:') return `sqlite:${resolve(dataFolder, 'postern.db')}`
  if (/^(postgres|postgresql):\/\//.test(text)) return text
  throw new ConfigError(
    'POSTERN_DATABASE_URL must begin with postgres:// , or be left out for SQLite in the data folder.',
  )
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new ConfigError(`--${flag} must be a whole number from ${least} to ${most}, not “${text}”.`)
}
