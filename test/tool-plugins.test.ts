import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findProgram } from './support/tools/program.ts'

const integrations = join(import.meta.dirname, '../integrations')
const issuer = 'https://git.example.com'
const audience = 'https://wiki.example.com'
const now = 1_800_000_000

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const another = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keys = {
  ours: { ...ours.publicKey.export({ format: 'jwk' }), kid: 'ours' },
  'other-curve': generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
  'short-point': { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }),
}

const good = { iss: issuer, aud: audience, iat: now, exp: now + 300, preferred_username: 'ben', groups: ['crew'] }
const code = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function jwt(
  claims: unknown,
  header: object = {},
  key: KeyObject = ours.privateKey,
  dsa: 'ieee-p1363' | 'der' = 'ieee-p1363',
) {
  const signed = `${code({ alg: 'ES256', kid: 'ours', ...header })}.${code(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: dsa }).toString('base64url')}`
}

const parts = jwt(good).split('.')
const zeros = Buffer.alloc(64).toString('base64url')
const publicPem = ours.publicKey.export({ format: 'pem', type: 'spki' })
const symmetric = `${code({ alg: 'HS256', kid: 'ours' })}.${code(good)}`

const believed: Record<string, string> = {
  'as Postern signs it': jwt(good),
  'for several, this one among them': jwt({ ...good, aud: ['https://other.example.com', audience] }),
  'by a clock that runs a little ahead': jwt({ ...good, exp: now - 20 }),
}

const refused: Record<string, string> = {
  'signed by somebody else': jwt(good, {}, another.privateKey),
  'not signed': `${code({ alg: 'none', kid: 'ours' })}.${parts[1]}.`,
  'signed with the public key as a password': `${symmetric}.${createHmac('sha256', publicPem).update(symmetric).digest('base64url')}`,
  'with claims changed afterwards': [parts[0], code({ ...good, preferred_username: 'ana' }), parts[2]].join('.'),
  'with the empty signature that once opened Java': [parts[0], parts[1], zeros].join('.'),
  'with its signature in the other form': jwt(good, {}, ours.privateKey, 'der'),
  'of a key nobody published': jwt(good, { kid: 'unknown' }),
  'of no key': jwt(good, { kid: undefined }),
  'of a key that is a list': jwt(good, { kid: ['ours'] }),
  'of a key on another curve': jwt(good, { kid: 'other-curve' }),
  'of a key that is none': jwt(good, { kid: 'short-point' }),
  'of a key of another kind': jwt(good, { kid: 'rsa' }),
  'with demands nobody here understands': jwt(good, { crit: ['b64'], b64: false }),
  'of another instance': jwt({ ...good, iss: 'https://git.example.org' }),
  'for another tool': jwt({ ...good, aud: 'https://tracker.example.com' }),
  'for nobody in particular': jwt({ ...good, aud: undefined }),
  'of a while ago': jwt({ ...good, exp: now - 31 }),
  'that never ends': jwt({ ...good, exp: undefined }),
  'that ends at a word': jwt({ ...good, exp: '9999999999' }),
  'not yet so': jwt({ ...good, nbf: now + 31 }),
  'about nobody': jwt({ ...good, preferred_username: undefined }),
  'about the empty name': jwt({ ...good, preferred_username: '' }),
  'about several': jwt({ ...good, preferred_username: ['ana', 'ben'] }),
  'that is no object': jwt('ben'),
  'that is no JSON': [parts[0], 'e30e', parts[2]].join('.'),
  'too deep': jwt({ ...good, deep: [[[[[[[[[[1]]]]]]]]]] }),
  'too long': jwt({ ...good, groups: Array.from({ length: 3000 }, (_, at) => `group-${at}`) }),
  'with something behind it': `${jwt(good)}.${parts[2]}`,
  'with nothing in it': '',
  'of dots alone': '..',
  'of bytes that are no letters': `${parts[0]}.${parts[1]}.\u0000ÿ`,
}

const php = `
spl_autoload_register(function ($name) { require getenv('PLUGIN') . '/' . substr($name, strrpos($name, '\\\\') + 1) . '.php'; });
$given = json_decode(stream_get_contents(STDIN), true);
$find = function ($id) use ($given) { return $given['keys'][$id] ?? null; };
echo json_encode(array_map(function ($compact) use ($given, $find) {
  try {
    return dokuwiki\\plugin\\authpostern\\Assertion::verify($compact, $find, $given['issuer'], $given['audience'], $given['now'])['preferred_username'];
  } catch (UnexpectedValueException $error) { return null; }
}, $given['said']));`

const ruby = `
require File.join(ENV.fetch('PLUGIN'), 'lib/postern_sign_in/assertion')
given = JSON.parse($stdin.read)
puts JSON.generate(given['said'].transform_values { |compact|
  begin
    PosternSignIn::Assertion.verify(compact, find_key: given['keys'].method(:[]), issuer: given['issuer'],
                                    audience: given['audience'], now: given['now'])['preferred_username']
  rescue PosternSignIn::Assertion::Wrong
    nil
  end
})`

const plugins = [
  {
    name: 'DokuWiki',
    folder: 'dokuwiki/authpostern',
    program: 'php',
    args: ['-d', 'display_errors=stderr', '-r', php],
  },
  { name: 'Redmine', folder: 'redmine/postern_sign_in', program: 'ruby', args: ['-e', ruby] },
]

for (const { name, folder, program, args } of plugins)
  describe(
    `what the plugin for ${name} believes`,
    { skip: findProgram(program) === undefined && `${program} is not installed` },
    () => {
      const judge = (said: Record<string, string>, settings: object = {}): Record<string, string | null> => {
        const run = spawnSync(program, args, {
          input: JSON.stringify({ said, keys, issuer, audience, now, ...settings }),
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], PLUGIN: join(integrations, folder), LANG: 'C.UTF-8' },
        })
        assert.equal(run.stderr, '')
        return JSON.parse(run.stdout) as Record<string, string | null>
      }
      const all = (said: Record<string, string>, who: string | null) =>
        Object.fromEntries(Object.keys(said).map((each) => [each, who]))

      test('the signed word of Postern, for this tool and for now', () => {
        assert.deepEqual(judge(believed), all(believed, 'ben'))
      })
      test('and nothing else', () => {
        assert.deepEqual(judge(refused), all(refused, null))
      })
      test('nothing at all before it was told whom to believe', () => {
        assert.deepEqual(judge(believed, { issuer: '' }), all(believed, null))
        assert.deepEqual(judge(believed, { audience: '' }), all(believed, null))
      })
    },
  )
