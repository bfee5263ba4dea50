import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import '../../../test/support/steady-seed.ts'
import { parseAddCheckpoint, renderAddCheckpoint } from './add-checkpoint.ts'
import { parseCheckpoint, renderCheckpoint } from './checkpoint.ts'
import { cosign, readCosignatures } from './cosignature.ts'
import { emptyRoot, leafHash, nodeHash, proveConsistency, proveInclusion, type ReadNode, rootOf } from './merkle.ts'
import { openNote, parseNoteKey, renderNoteKey, signNote, splitNote } from './note.ts'
import { foldHashes, parseTilePath, placeOfNode, renderTilePath } from './tile.ts'
import { verifyConsistency, verifyInclusion } from './verify-proof.ts'

/** By the definition of RFC 6962 §2.1 alone, without places or tiles. */
function plainRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return emptyRoot
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return leafHash(only)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(plainRoot(leaves.slice(0, split)), plainRoot(leaves.slice(split)))
}
const reading =
  (leaves: readonly Buffer[]): ReadNode =>
  async (level, index) =>
    plainRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
const many = (count: number): Buffer[] => Array.from({ length: count }, (_, at) => Buffer.from(`event ${at}`))

// Of Certificate Transparency's own tests (google/certificate-transparency, merkle_tree_test.cc).
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('roots are those of Certificate Transparency', async () => {
  const leaves = inputs.map((input) => Buffer.from(input, 'hex'))
  for (const [at, root] of roots.entries())
    assert.equal((await rootOf(at + 1, reading(leaves))).toString('hex'), root, String(at + 1))
  assert.equal((await rootOf(0, reading([]))).toString('hex'), emptyRoot.toString('hex'))
})

test('each leaf of each tree is proven to be in it, and nothing else is', async () => {
  for (let size = 1; size <= 40; size += 1) {
    const leaves = many(size)
    const root = await rootOf(size, reading(leaves))
    for (const [index, leaf] of leaves.entries()) {
      const proof = await proveInclusion(index, size, reading(leaves))
      assert.ok(verifyInclusion({ leaf, index, size, root, proof }))
      assert.ok(!verifyInclusion({ leaf: 'another', index, size, root, proof }))
      assert.ok(!verifyInclusion({ leaf, index: index + 1, size, root, proof }))
      assert.ok(!verifyInclusion({ leaf, index, size, root, proof: [...proof, root] }))
      if (proof.length > 0) assert.ok(!verifyInclusion({ leaf, index, size, root, proof: proof.slice(1) }))
    }
  }
})

test('each tree is proven to have grown from each smaller one, and from no other', async () => {
  for (let size = 1; size <= 40; size += 1) {
    const leaves = many(size)
    const root = await rootOf(size, reading(leaves))
    for (let older = 0; older <= size; older += 1) {
      const olderRoot = await rootOf(older, reading(leaves))
      const proof = await proveConsistency(older, size, reading(leaves))
      assert.ok(verifyConsistency({ older, size, olderRoot, root, proof }), `${older} of ${size}`)
      if (older === 0) continue
      const other = leafHash('rewritten')
      assert.ok(!verifyConsistency({ older, size, olderRoot: other, root, proof }))
      assert.ok(!verifyConsistency({ older, size, olderRoot, root: other, proof }))
      if (older < size) assert.ok(!verifyConsistency({ older, size, olderRoot, root, proof: proof.slice(1) }))
      assert.ok(!verifyConsistency({ older, size, olderRoot, root, proof: [...proof, root] }))
    }
  }
})

test('whatever stands in a proof, it proves nothing that is not so', async () => {
  const leaves = many(13)
  const root = await rootOf(13, reading(leaves))
  const oneHash = fc.uint8Array({ minLength: 32, maxLength: 32 })
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.nat(20), fc.array(oneHash, { maxLength: 6 }), async (index, size, proof) => {
      assert.ok(!verifyInclusion({ leaf: 'no event', index, size, root, proof }))
      assert.ok(
        size === 13 ||
          size === 0 ||
          !verifyConsistency({ older: size, size: 13, olderRoot: leafHash('x'), root, proof }),
      )
    }),
  )
})

test('a note is opened by its key alone, as Go’s own example is', () => {
  // golang.org/x/mod/sumdb/note, package example.
  const key = parseNoteKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  assert.ok(key)
  const text =
    'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
      '’',
      "'",
    )
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`
  assert.equal(openNote(note, key), text)
  assert.equal(openNote(note.replace('think', 'thing'), key), undefined)
  assert.equal(openNote(note.replace('— Peter', '— Petra'), key), undefined)
  assert.equal(openNote(note.slice(0, -1), key), undefined)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const own = {
    name: 'git.example.com/ledger',
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32),
  }
  const signed = signNote(renderCheckpoint({ origin: own.name, size: 3, root: leafHash('a') }), own, privateKey)
  assert.deepEqual(parseNoteKey(renderNoteKey(own)), own)
  assert.deepEqual(parseCheckpoint(openNote(signed, own) ?? ''), { origin: own.name, size: 3, root: leafHash('a') })
  assert.equal(openNote(signed, key), undefined)
  // A witness signs beside it.
  assert.notEqual(openNote(`${signed}— witness AAAAAAAA\n`, own), undefined)
})

test('what is no checkpoint and no key is taken for none', () => {
  const root = leafHash('a').toString('base64')
  for (const text of [
    '',
    'o\n1\n',
    `o\n01\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n1\n${root.slice(4)}\n`,
    `\n1\n${root}\n`,
    `o\n1\n${root}`,
  ])
    assert.equal(parseCheckpoint(text), undefined, text)
  for (const text of ['', 'a+00000000+AAAA', 'Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'])
    assert.equal(parseNoteKey(text), undefined, text)
})

test('a tile has one name, and a node is folded from the hashes of one', () => {
  assert.deepEqual(parseTilePath('0/x001/x234/067'), { level: 0, position: 1_234_067, width: 256 })
  assert.deepEqual(parseTilePath('1/003.p/17'), { level: 1, position: 3, width: 17 })
  for (const path of ['0/x001/x234/067', '1/003.p/17', '0/000', '2/x001/000.p/255'])
    assert.equal(renderTilePath(parseTilePath(path) ?? assert.fail(path)), path)
  for (const path of [
    '0/3',
    '0/x000/003',
    '0/003.p/256',
    '0/003.p/0',
    '0/003.p/017',
    '64/000',
    '0/x001',
    '00/001',
    '0/001/',
    '../0/001',
  ])
    assert.equal(parseTilePath(path), undefined, path)
  assert.deepEqual(placeOfNode(0, 700), { level: 0, position: 2, from: 188, count: 1 })
  assert.deepEqual(placeOfNode(3, 33), { level: 0, position: 1, from: 8, count: 8 })
  assert.deepEqual(placeOfNode(8, 5), { level: 1, position: 0, from: 5, count: 1 })
  const leaves = many(8).map(leafHash)
  assert.deepEqual(foldHashes(leaves), plainRoot(many(8)))
})

test('a cosignature is read by the key of its witness alone, as one of a public witness is', () => {
  // A Certificate Transparency log of 2026, and one of its witnesses.
  const log = parseNoteKey(
    'arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f',
  )
  const remora = parseNoteKey('remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2', 4)
  assert.ok(log && remora)
  const note = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`
  assert.equal(parseCheckpoint(openNote(note, log) ?? '')?.size, 1_432_088_532)
  const [found] = readCosignatures(note, [remora])
  assert.equal(new Date((found?.seconds ?? 0) * 1000).toISOString(), '2026-05-23T21:50:24.000Z')
  assert.ok(note.endsWith(found?.line ?? 'none'))
  assert.deepEqual(readCosignatures(note.replace('1432088532', '1432088533'), [remora]), [])
  assert.deepEqual(readCosignatures(note, [{ ...remora, name: 'remora' }, log]), [])
  // The key of a log is no witness’s, and the other way round.
  assert.equal(parseNoteKey(renderNoteKey(remora, 4)), undefined)
  assert.equal(parseNoteKey(renderNoteKey(log), 4), undefined)
  // Another time than the one that was signed.
  assert.deepEqual(readCosignatures(note.replace('AABqEiEgPl', 'AABqEiEhPl'), [remora]), [])
})

test('of many lines of a witness the latest counts, and its own signature over the note alone is none', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const witness = { name: 'w', publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) }
  const text = renderCheckpoint({ origin: 'o', size: 1, root: leafHash('a') })
  const lines = [5, 9, 7].map((seconds) => cosign(text, { witness, privateKey, seconds }))
  const signed = signNote(text, witness, privateKey)
  assert.deepEqual(
    readCosignatures(signed + lines.join(''), [witness]).map(({ seconds, line }) => [seconds, line]),
    [[9, lines[1]]],
  )
  assert.deepEqual(readCosignatures(signed, [witness]), [])
  assert.equal(splitNote(signed + lines.join(''))?.signatures.length, 4)
  assert.ok(openNote(signed + lines[0]?.repeat(63), witness))
  assert.equal(openNote(signed + lines[0]?.repeat(64), witness), undefined)
})

test('what a witness is asked is read as it was written, and nothing else is', () => {
  const proof = [leafHash('a'), leafHash('b')]
  const asked = { older: 20_852_014, proof, note: 'o\n1\nroot\n\n— o AAAA\n' }
  assert.deepEqual(parseAddCheckpoint(renderAddCheckpoint(asked)), asked)
  assert.deepEqual(parseAddCheckpoint(renderAddCheckpoint({ ...asked, older: 0, proof: [] })), {
    ...asked,
    older: 0,
    proof: [],
  })
  // The example of C2SP tlog-witness.
  const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`
  const read = parseAddCheckpoint(example) ?? assert.fail()
  assert.deepEqual([read.older, read.proof.length], [20_852_014, 4])
  assert.equal(parseCheckpoint(splitNote(read.note)?.text ?? '')?.size, 20_852_163)
  assert.equal(renderAddCheckpoint(read), example)
  const many = Array.from({ length: 64 }, () => leafHash('a'))
  for (const body of [
    '',
    'old 1',
    'old 01\n\nnote\n',
    'old -1\n\nnote\n',
    'old 99999999999999999\n\nnote\n',
    'new 1\n\nnote\n',
    'old 1\nAAAA\n\nnote\n',
    renderAddCheckpoint({ ...asked, proof: many }),
  ])
    assert.equal(parseAddCheckpoint(body), undefined, body)
})
