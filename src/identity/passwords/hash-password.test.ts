import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { hashSync } from 'bcryptjs'
import { ProblemError } from '../../http/problem.ts'
import { createPasswordHashing } from './hash-password.ts'
import { isOwnHash, parsePasswordHash, UnusableHash } from './password-hash.ts'

const hashing = createPasswordHashing()
const salt = 'c29tZXNhbHQ' // "somesalt"
const bare = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

test('argon2id as its reference implementation writes it', async () => {
  // P-H-C/phc-winner-argon2 test.c: hashtest(version, 2, 16, 1, "password", "somesalt", …, Argon2_id)
  const known = `$argon2id$v=19$m=65536,t=2,p=1$${salt}$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc`
  assert.ok(await hashing.verify('password', known))
  assert.ok(!(await hashing.verify('Password', known)))
})

test('bcrypt in its three spellings, from the first 72 bytes as where it comes from', async () => {
  const long = 'x'.repeat(72)
  const made = hashSync(long, 4)
  for (const spelling of ['$2a$', '$2b$', '$2y$'])
    assert.ok(await hashing.verify(long, made.replace(/^\$2.\$/, spelling)), spelling)
  assert.ok(await hashing.verify(`${long}and more`, made))
  assert.ok(!(await hashing.verify(long.slice(1), made)))
  assert.ok(await hashing.verify('pässwörd', hashSync('pässwörd', 4)))
})

test('bcrypt: what follows a zero byte cannot be left out', async () => {
  assert.ok(!(await hashing.verify('secret\0anything', hashSync('secret', 4))))
})

test('scrypt in the PHC form', async () => {
  const digest = scryptSync('password', Buffer.from('somesalt'), 32, { N: 1024, r: 8, p: 1 })
  const known = `$scrypt$ln=10,r=8,p=1$${salt}$${bare(digest)}`
  assert.ok(await hashing.verify('password', known))
  assert.ok(!(await hashing.verify('passwor', known)))
})

test('our own: salted anew each time, and known as our own', async () => {
  const [one, other] = [await hashing.hash('a'), await hashing.hash('a')]
  assert.notEqual(one, other)
  assert.ok(isOwnHash(one))
  assert.ok(await hashing.verify('a', one))
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('a hash that would have the server compute for minutes, or fill its memory, is refused', () => {
  const argon2 = (parameters: string) => `$argon2id$v=19$${parameters}$${salt}$${bare(Buffer.alloc(32))}`
  const bad: [string, RegExp][] = [
    [argon2('m=4194304,t=1,p=1'), /too much/],
    [argon2('m=65536,t=1000,p=1'), /too much/],
    [argon2('m=131072,t=9,p=1'), /too much/],
    [argon2('m=65536,t=1,p=255'), /too much/],
    [argon2('m=99999999999,t=1,p=1'), /cannot be read/],
    [argon2('m=7,t=1,p=1'), /cannot be read/],
    [argon2('t=1,m=65536,p=1'), /cannot be read/],
    [argon2('m=65536,t=0,p=1'), /cannot be read/],
    [`$scrypt$ln=24,r=8,p=1$${salt}$${bare(Buffer.alloc(32))}`, /too much/],
    [`$scrypt$ln=14,r=8,p=64$${salt}$${bare(Buffer.alloc(32))}`, /too much/],
    [hashSync('x', 4).replace('$04$', '$31$'), /too much/],
    [hashSync('x', 4).replace('$04$', '$01$'), /cannot be read/],
    [`$argon2id$v=16$m=65536,t=1,p=1$${salt}$${bare(Buffer.alloc(32))}`, /cannot be read/],
    [`$argon2id$v=19$m=65536,t=1,p=1$$${bare(Buffer.alloc(32))}`, /cannot be read/],
    [`$argon2id$v=19$m=65536,t=1,p=1$${salt}$${bare(Buffer.alloc(4))}`, /cannot be read/],
    ['$argon2i$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$AAAA', /is not of/],
    ['$1$salt$digest', /is not of/],
    ['hunter2', /is not of/],
    ['', /is not of/],
    [`$argon2id$${'$'.repeat(10_000)}`, /too long/],
  ]
  for (const [hash, why] of bad)
    assert.throws(
      () => parsePasswordHash(hash),
      (error) => error instanceof UnusableHash && why.test(error.message),
      hash.slice(0, 60),
    )
})

test('what is refused does not say the hash', () => {
  try {
    parsePasswordHash('$secret$value')
    assert.fail('it is refused')
  } catch (error) {
    assert.ok(!String(error).includes('secret'))
  }
})

test('only so many wait; the others are told to come back, and the line empties', async () => {
  const busy = createPasswordHashing()
  const settled = await Promise.allSettled(Array.from({ length: 40 }, () => busy.hash('x')))
  const refused = settled.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 8)
  for (const { reason } of refused) assert.ok(reason instanceof ProblemError && reason.code === 'too-many-passwords')
  assert.ok(await busy.hash('x'))
})
