import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

/**
 * The house, stated once: which folder may import which, and which tables it alone writes. Lower rooms never know
 * higher ones; `server.ts` and the commands stand above all of them.
 */
const rooms: Record<string, { imports: string[]; writes: string[]; why: string }> = {
  database: { imports: [], writes: [], why: 'connections and schema; knows no feature' },
  protocols: { imports: [], writes: [], why: 'bytes and rules of other people’s specifications; no I/O' },
  http: { imports: ['database'], writes: [], why: 'what every route shares; knows no feature' },
  bus: {
    imports: ['database'],
    writes: ['busHead', 'busMessage', 'busConfirmation', 'node'],
    why: 'tells every node what has ended; knows no feature',
  },
  metrics: {
    imports: ['http'],
    writes: [],
    why: 'counters for whoever operates it; told what to count, asks no feature',
  },
  secrets: { imports: ['database', 'seals/format'], writes: ['secret'], why: 'keys and closed boxes; never shows one' },
  audit: {
    imports: ['database', 'http', 'protocols', 'secrets'],
    writes: ['auditEvent', 'auditPersonal', 'ledgerHead', 'ledgerTile'],
    why: 'the record of what happened, and the log over it',
  },
  mail: {
    imports: ['database', 'http', 'audit'],
    writes: ['letter'],
    why: 'letters that wait, and their sending; never who is told what',
  },
  policy: {
    imports: ['database', 'audit'],
    writes: [],
    why: 'decides from facts it is given, so that sign-in can ask it',
  },
  outbound: {
    imports: ['http', 'policy'],
    writes: [],
    why: 'every connection to an address that somebody else has given; never inside the house unless allowed',
  },
  attestation: {
    imports: ['database', 'http', 'protocols', 'audit', 'policy'],
    writes: ['metadataBlob', 'authenticatorModel'],
    why: 'what is known of authenticator models; never people, passkeys or sessions',
  },
  identity: {
    imports: ['database', 'http', 'bus', 'secrets', 'protocols', 'seals/format', 'audit', 'policy', 'attestation'],
    writes: [
      'instance',
      'user',
      'accountAddress',
      'userGroup',
      'groupMember',
      'credentialRecord',
      'registrationLink',
      'invitation',
      'session',
      'challenge',
      'accessEnd',
      'setting',
      'emailVerification',
      'applicant',
      'recoveryCode',
      'recovery',
      'breakGlass',
      'passwordLogin',
      'totp',
    ],
    why: 'people and how they prove themselves',
  },
  'seals/format': {
    imports: ['protocols'],
    writes: [],
    why: 'the bytes of a seal; the offline verifier runs the same code',
  },
  seals: {
    imports: ['database', 'http', 'protocols', 'audit', 'policy', 'identity', 'seals/format'],
    writes: ['sealRequest', 'seal'],
    why: 'statements and the taps over them; writes no refs',
  },
  'access-keys': {
    imports: [
      'database',
      'http',
      'protocols',
      'secrets',
      'audit',
      'policy',
      'attestation',
      'identity',
      'seals',
      'seals/format',
    ],
    writes: ['apiToken', 'spentTokenSecret', 'sshCertificate', 'sshKey'],
    why: 'secrets that programs come in with',
  },
  announcements: {
    imports: ['database', 'http', 'audit', 'policy', 'mail', 'identity'],
    writes: ['announcement', 'announcementReader'],
    why: 'what a group is told, who has seen it and who has done it; asks nothing of anybody itself',
  },
  agents: {
    imports: ['database', 'http', 'audit', 'policy', 'identity', 'seals', 'seals/format'],
    writes: ['permission'],
    why: 'what programs ask people to allow; carries nothing out',
  },
  repositories: {
    imports: ['database', 'http', 'protocols', 'audit', 'policy', 'identity', 'seals', 'seals/format', 'access-keys'],
    writes: [
      'project',
      'repository',
      'formerPath',
      'roleGrant',
      'protectedBranch',
      'revokedKey',
      'standingSeal',
      'refUpdate',
      'pushCertificate',
      'heldPush',
      'branchLease',
      'lfsLock',
    ],
    why: 'storage, refs, transports; the only way to git',
  },
  ssh: {
    imports: ['database', 'http', 'protocols', 'secrets', 'audit', 'policy', 'identity', 'access-keys', 'repositories'],
    writes: [],
    why: 'listens for SSH, and knows who came by which key; never what they may do',
  },
  checks: {
    imports: ['database', 'http', 'audit', 'policy', 'identity', 'access-keys', 'repositories'],
    writes: ['commitStatus'],
    why: 'what programs found out about commits; never whether that is enough',
  },
  mirrors: {
    imports: ['database', 'http', 'protocols', 'secrets', 'outbound', 'audit', 'policy', 'identity', 'repositories'],
    writes: ['repositoryImport', 'mirror', 'mirrorRef'],
    why: 'what comes from and goes to other Git servers; moves refs only as a first push would',
  },
  'pull-requests': {
    imports: [
      'database',
      'http',
      'protocols',
      'audit',
      'policy',
      'identity',
      'seals',
      'seals/format',
      'access-keys',
      'repositories',
      'checks',
    ],
    writes: ['pullRequest', 'review', 'reviewThread', 'reviewComment', 'reviewerRequest'],
    why: 'propose, review and merge',
  },
  notify: {
    imports: ['database', 'http', 'mail', 'identity', 'seals', 'outbound', 'secrets'],
    writes: ['notificationChoice', 'pushSubscription'],
    why: 'who is told that something waits for their tap, and where; never what waits to anybody else',
  },
  applications: {
    imports: ['database', 'http', 'audit', 'policy', 'identity', 'seals'],
    writes: ['application', 'applicationGroup'],
    why: 'what people open beside Git, and who may; never how it learns who came',
  },
  live: {
    imports: ['database', 'http', 'audit', 'identity', 'seals'],
    writes: [],
    why: 'tells pages that wait that something changed, never what',
  },
  provenance: {
    imports: ['database', 'http', 'audit', 'policy', 'secrets', 'seals/format', 'repositories', 'pull-requests'],
    writes: ['sourceAttestation', 'branchControl'],
    why: 'what the instance itself says of each change; no proof of a person rests on it',
  },
  guardrails: {
    imports: [
      'database',
      'http',
      'protocols',
      'audit',
      'policy',
      'attestation',
      'identity',
      'seals',
      'seals/format',
      'access-keys',
      'repositories',
    ],
    writes: ['policyChange'],
    why: 'the policy in force, its history, and what a change would do; enforces nothing itself',
  },
  home: {
    imports: [
      'database',
      'http',
      'policy',
      'identity',
      'seals',
      'repositories',
      'pull-requests',
      'checks',
      'applications',
      'directory',
    ],
    writes: [],
    why: 'what waits for a person; only reads',
  },
  insights: {
    imports: ['database', 'http', 'audit', 'policy', 'identity', 'guardrails'],
    writes: [],
    why: 'figures from the ledger and the tables; only reads',
  },
  directory: {
    imports: [
      'database',
      'http',
      'bus',
      'protocols',
      'secrets',
      'outbound',
      'mail',
      'audit',
      'policy',
      'identity',
      'seals',
      'access-keys',
    ],
    writes: [
      'identityProvider',
      'externalIdentity',
      'upstreamSession',
      'domain',
      'domainClaim',
      'directoryConnection',
      'scimUser',
      'scimGroup',
    ],
    why: 'who an organisation says its people are: directories, domains, other places to sign in',
  },
  'sign-on': {
    imports: [
      'database',
      'http',
      'bus',
      'protocols',
      'secrets',
      'outbound',
      'audit',
      'policy',
      'identity',
      'access-keys',
      'applications',
    ],
    writes: [
      'oauthGrant',
      'oauthState',
      'openidClient',
      'backchannelLogout',
      'samlServiceProvider',
      'samlRequest',
      'samlSigningKey',
    ],
    why: 'says who somebody is to programs and applications, by OAuth, OpenID Connect and SAML; never how they sign in',
  },
  proxy: {
    imports: [
      'database',
      'http',
      'bus',
      'protocols',
      'secrets',
      'audit',
      'policy',
      'identity',
      'access-keys',
      'applications',
    ],
    writes: ['proxyRoute', 'connector', 'routeSession', 'routeCode'],
    why: 'host names in front of tools, who came, and carrying their requests; never who may',
  },
  client: {
    imports: ['protocols'],
    writes: [],
    why: 'what a person runs on their own machine; speaks the public API from outside',
  },
  verifier: { imports: ['protocols', 'seals/format'], writes: [], why: 'runs without a server, on a clone' },
  walk: { imports: ['protocols'], writes: [], why: 'uses the product from outside' },
  webhooks: {
    imports: ['database', 'http', 'audit', 'mail', 'secrets', 'outbound', 'identity', 'repositories'],
    writes: ['webhook', 'webhookDelivery', 'webhookAttempt'],
    why: 'tells other programs what happened in a repository; decides nothing, believes no answer',
  },
  witnesses: {
    imports: ['database', 'http', 'protocols', 'outbound', 'audit', 'identity'],
    writes: ['witness', 'witnessRound'],
    why: 'who cosigns the ledger, and has them asked; believes nothing but a line by their own key',
  },
  machines: {
    imports: [
      'database',
      'http',
      'protocols',
      'outbound',
      'audit',
      'policy',
      'identity',
      'access-keys',
      'repositories',
    ],
    writes: ['deployKey', 'workloadTrust', 'workloadRun', 'workloadToken', 'workloadRefusal'],
    why: 'what comes into one repository by itself; never a person’s',
  },
  demo: {
    imports: ['database', 'http', 'protocols', 'audit', 'identity', 'applications', 'repositories', 'walk'],
    writes: [],
    why: 'an example organisation, filled through the public API',
  },
  composition: { imports: ['*'], writes: [], why: 'opens every part and hands each what it needs; decides nothing' },
  commands: { imports: ['*'], writes: [], why: 'the command line' },
}

const source = resolve(import.meta.dirname, '../src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/(\.test|-testing|\/test-[\w-]+)\.ts$/.test(file),
)
const roomOf = (file: string): string =>
  file.startsWith('seals/format/') ? 'seals/format' : file.includes('/') ? (file.split('/')[0] ?? '') : ''

test('the table lists exactly the folders that exist', () => {
  const found = new Set(files.map(roomOf).filter(Boolean))
  assert.deepEqual([...found].sort(), Object.keys(rooms).sort())
})

test('each folder imports only what the table allows', () => {
  let seen = 0
  const broken: string[] = []
  for (const file of files) {
    const room = roomOf(file)
    if (room === '') continue
    for (const target of importsOf(file)) {
      const to = roomOf(target)
      seen += 1
      const allowed = rooms[room]?.imports ?? []
      if (to === room || allowed.includes('*') || (to !== '' && allowed.includes(to))) continue
      broken.push(`${file} imports ${target}`)
    }
  }
  assert.deepEqual(broken, [])
  assert.ok(seen > 200, `only ${seen} imports were seen: the search no longer finds them`)
})

test('the table itself goes one way: no folder stands above and below another', () => {
  const standing = new Set<string>()
  const settled = new Set<string>()
  const rings: string[] = []
  const follow = (room: string): void => {
    if (settled.has(room)) return
    if (standing.has(room)) return void rings.push([...standing, room].join(' → '))
    standing.add(room)
    for (const below of rooms[room]?.imports ?? []) follow(below)
    standing.delete(room)
    settled.add(room)
  }
  for (const room of Object.keys(rooms)) follow(room)
  assert.deepEqual(rings, [])
  assert.equal(settled.size, Object.keys(rooms).length + 1, 'each was followed, and “*”')
})

/** What comes from outside into `protocols` and the bytes of seals: it computes, and opens nothing. */
const computes = {
  protocols: [
    'node:buffer',
    'node:crypto',
    'node:util',
    'node:zlib',
    '@simplewebauthn/server',
    'canonicalize',
    'scim2-parse-filter',
  ],
  'seals/format': ['node:buffer', 'node:crypto', 'canonicalize'],
}
/** How addresses compare, and a parser of XML that is loaded at its first use. */
const besides = [
  'protocols/saml/parse-xml.ts: node:module { createRequire }',
  'protocols/ssh/verify-certificate.ts: node:net { BlockList, isIP }',
]

test('protocols and the bytes of seals open no file, no socket and no process', () => {
  const found: string[] = []
  let seen = 0
  for (const file of files) {
    const room = roomOf(file)
    if (room !== 'protocols' && room !== 'seals/format') continue
    const imports = [
      ...read(file).matchAll(/^import (?!type )([^']*?) ?from '([^.'][^']*)'/gm),
      ...read(file).matchAll(/(?<!typeof )\b(import)\(['"]([^.'"][^'"]*)/g),
    ]
    seen += imports.length
    for (const [, names = '', from = ''] of imports)
      if (!computes[room].includes(from)) found.push(`${file}: ${from} ${names}`)
  }
  assert.deepEqual(found.sort(), besides)
  assert.ok(seen > 30, `only ${seen} imports were seen: the search no longer finds them`)
})

test('each table is written by one folder', () => {
  let seen = 0
  const broken: string[] = []
  for (const file of files) {
    for (const [, table = ''] of read(file).matchAll(/\b(?:insertInto|updateTable|deleteFrom)\('(\w+)'\)/g)) {
      seen += 1
      if (!(rooms[roomOf(file)]?.writes ?? []).includes(table)) broken.push(`${file} writes ${table}`)
    }
  }
  const writers = Object.values(rooms).flatMap(({ writes }) => writes)
  assert.deepEqual(broken, [])
  assert.equal(new Set(writers).size, writers.length, 'two folders claim one table')
  assert.ok(seen > 30, `only ${seen} writes were seen: the search no longer finds them`)
})

test('only the way to git, and the verifier that runs without a server, start processes in features', () => {
  const starters = files.filter((file) => /from 'node:child_process'/.test(read(file))).sort()
  const allowed = /^(repositories\/git-|verifier\/|client\/|commands\/|walk\/|demo\/)/
  assert.deepEqual(
    starters.filter((file) => !allowed.test(file)),
    [],
  )
  // The one starts the other, and that alone starts `git`.
  assert.deepEqual(
    starters.filter((file) => file.startsWith('repositories/')),
    ['repositories/git-runner-client.ts', 'repositories/git-runner.ts'],
  )
})

test('the server takes Node’s HTTP from one file, which leaves out what nothing of it needs', () => {
  const importers = files.filter((file) => /^import (?!type\b).*'node:https?'/m.test(read(file)))
  // Commands on people's own machines are processes of their own.
  assert.deepEqual(
    importers.filter((file) => !file.startsWith('client/') && !file.startsWith('verifier/witness/')),
    [],
  )
  assert.ok(importers.length > 0, 'the search no longer finds them')
  assert.match(read('http/node-http.ts'), /getBuiltinModule\('node:http'\)/)
})

function importsOf(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(source, resolve(join(source, dirname(file)), path)),
  )
}

function read(file: string): string {
  return readFileSync(join(source, file), 'utf8')
}
