import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { commitOid, insertGpgsig, parseCommit, splitGpgsig } from './commit-signature.ts'

const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const parent = 'd670460b4b4aece5915caf5c68d12f560a9fe3e4'
const who = 'Ada Lovelace <ada@example.org> 1790000000 +0200'
const commit = (headers: string[], message = 'Merge\n') => Buffer.from(`${headers.join('\n')}\n\n${message}`)
const plain = commit([`tree ${tree}`, `parent ${parent}`, `author ${who}`, `committer ${who}`])
const armored = '-----BEGIN SSH SIGNATURE-----\nAAAA\nBBBB\n-----END SSH SIGNATURE-----\n'

describe('gpgsig', () => {
  test('stands last among the headers, and the split gives both halves back', () => {
    const signed = insertGpgsig(plain, armored)
    assert.match(signed.toString(), /\ncommitter .*\ngpgsig -----BEGIN.*\n AAAA\n BBBB\n -----END.*\n\nMerge\n$/)
    assert.deepEqual(splitGpgsig(signed), { payload: plain, armored })
  })

  test('is absent from an unsigned commit, whatever its message says', () => {
    const message = commit([`tree ${tree}`, `author ${who}`, `committer ${who}`], `gpgsig ${armored}`)
    assert.equal(splitGpgsig(plain), undefined)
    assert.equal(splitGpgsig(message), undefined)
  })

  test('keeps the empty lines of a PGP signature', () => {
    const pgp = '-----BEGIN PGP SIGNATURE-----\n\nwsBc\n-----END PGP SIGNATURE-----\n\n'
    assert.deepEqual(splitGpgsig(insertGpgsig(plain, pgp)), { payload: plain, armored: pgp })
  })

  test('a merged tag inside a header is payload, its lines are no signature', () => {
    const merge = commit([
      `tree ${tree}`,
      `author ${who}`,
      `committer ${who}`,
      'mergetag object 1',
      ' gpgsig x',
      ' end',
    ])
    assert.equal(splitGpgsig(merge), undefined)
    assert.deepEqual(splitGpgsig(insertGpgsig(merge, armored)), { payload: merge, armored })
  })

  const text = insertGpgsig(plain, armored).toString()
  const attacks: [name: string, code: string, bytes: Buffer][] = [
    [
      'a second signature, which git would append to the first',
      'several-signatures',
      insertGpgsig(insertGpgsig(plain, armored), armored),
    ],
    [
      'unsigned bytes in gpgsig-sha256, which git drops from the payload',
      'foreign-signature',
      Buffer.from(text.replace('gpgsig ', 'gpgsig-sha256 x\ngpgsig ')),
    ],
    [
      'unsigned bytes in any header that begins with gpgsig',
      'foreign-signature',
      Buffer.from(text.replace('author', 'gpgsigned\nauthor')),
    ],
    [
      'a signature in another place, for a second commit id',
      'not-canonical',
      Buffer.from(
        text
          .replace(/(gpgsig [^]*END SSH SIGNATURE-----\n)(\n)/, '$2')
          .replace('author', `gpgsig ${armored.trimEnd().replaceAll('\n', '\n ')}\nauthor`),
      ),
    ],
    ['a commit without a message separator', 'commit-malformed', Buffer.from(text.replace(/\n\n[^]*/, '\n'))],
  ]
  for (const [name, code, bytes] of attacks) {
    test(`refuses ${name}`, () => assert.throws(() => splitGpgsig(bytes), { name: 'SshsigError', code }))
  }

  test('whatever is split can be put together again to the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (signature, message) => {
        const clean = signature.replaceAll('\n', '') || 'x'
        const unsigned = commit([`tree ${tree}`, `author ${who}`, `committer ${who}`], message)
        const signed = insertGpgsig(unsigned, `${clean}\n`)
        assert.deepEqual(splitGpgsig(signed), { payload: unsigned, armored: `${clean}\n` })
      }),
    )
  })
})

describe('parseCommit', () => {
  test('gives what a walk along the branch needs', () => {
    const parsed = parseCommit(insertGpgsig(plain, armored))
    assert.equal(parsed.tree, tree)
    assert.deepEqual(parsed.parents, [parent])
    assert.equal(parsed.committer, 'Ada Lovelace <ada@example.org>')
    assert.equal(parsed.committerTimestamp, 1790000000)
    assert.equal(parsed.message, 'Merge\n')
    assert.equal(parsed.headers.at(-1)?.value, armored.trimEnd())
  })

  test('a root commit has no parents, a merge has two', () => {
    assert.deepEqual(parseCommit(commit([`tree ${tree}`, `author ${who}`, `committer ${who}`])).parents, [])
    const merge = commit([`tree ${tree}`, `parent ${parent}`, `parent ${tree}`, `author ${who}`, `committer ${who}`])
    assert.deepEqual(parseCommit(merge).parents, [parent, tree])
  })

  const attacks: [name: string, bytes: Buffer][] = [
    [
      'a second committer',
      commit([`tree ${tree}`, `author ${who}`, `committer ${who}`, `committer Eve <e@e> 1 +0000`]),
    ],
    ['a parent out of place', commit([`tree ${tree}`, `author ${who}`, `parent ${parent}`, `committer ${who}`])],
    ['a parent after the committer', commit([`tree ${tree}`, `author ${who}`, `committer ${who}`, `parent ${parent}`])],
    ['a second tree', commit([`tree ${tree}`, `tree ${tree}`, `author ${who}`, `committer ${who}`])],
    ['no tree', commit([`author ${who}`, `committer ${who}`])],
    ['an object id in capitals', commit([`tree ${tree.toUpperCase()}`, `author ${who}`, `committer ${who}`])],
    ['a committer without a date', commit([`tree ${tree}`, `author ${who}`, 'committer Ada <ada@example.org>'])],
    [
      'a committer with two mail addresses',
      commit([`tree ${tree}`, `author ${who}`, 'committer A <a@a> <b@b> 1 +0000']),
    ],
    ['a header without a value', commit([`tree ${tree}`, `author ${who}`, `committer ${who}`, 'x'])],
    ['a continuation of nothing', commit([' x', `tree ${tree}`, `author ${who}`, `committer ${who}`])],
  ]
  for (const [name, bytes] of attacks) {
    test(`refuses ${name}`, () => assert.throws(() => parseCommit(bytes), { code: 'commit-malformed' }))
  }
})

test('commitOid differs once the signature is in; that it is the one git gives is shown with stock tools', () => {
  assert.match(commitOid(plain), /^[0-9a-f]{40}$/)
  assert.notEqual(commitOid(plain), commitOid(insertGpgsig(plain, armored)))
})
