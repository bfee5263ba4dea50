import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, test } from 'node:test'
import { makeCertificate } from '../test-certificate.ts'
import { MAX_BLOB_BYTES, verifyMetadataBlob } from './metadata-blob.ts'
import type { MetadataErrorCode } from './metadata-error.ts'
import { type BlobSigner, type BlobWish, makeBlob, makeBlobSigner } from './test-blob.ts'
import { TEST_AAGUID, makeMaker } from './test-maker.ts'

const signer = makeBlobSigner()
const at = Date.now()
const dayMs = 86_400_000
const trustIn = ({ root }: BlobSigner, signerHost?: string) => ({ roots: [root.x509], signerHost })
const read = (text: string, trust = trustIn(signer)) => verifyMetadataBlob(text, { trust, at })
const blob = (wish: BlobWish = {}) => makeBlob(signer, wish)
const refused = (work: () => unknown, code: MetadataErrorCode, sentence?: RegExp) =>
  assert.throws(work, (error: Error & { code?: string }) => {
    assert.equal(error.code, code)
    if (sentence !== undefined) assert.match(error.message, sentence)
    return error.name === 'MetadataError'
  })

describe('an honest blob', () => {
  test('gives its number, its next date and its models', () => {
    const entry = makeMaker({ name: 'Key\u202e One' }).entry({
      statusReports: [{ status: 'REVOKED', effectiveDate: '2025-03-01' }, { status: 'FIDO_CERTIFIED' }],
    })
    const verified = read(`${blob({ number: 7, nextUpdate: '2026-05-01', entries: [entry] })}\n`)
    assert.deepEqual([verified.number, new Date(verified.nextUpdate).toISOString()], [7, '2026-05-01T00:00:00.000Z'])
    const [model = assert.fail()] = verified.entries
    assert.deepEqual([model.keys, model.name], [[TEST_AAGUID], 'Key  One'])
    assert.deepEqual(model.statusReports, [
      { status: 'REVOKED', effectiveAt: Date.UTC(2025, 2, 1), certificate: null },
      { status: 'FIDO_CERTIFIED', effectiveAt: null, certificate: null },
    ])
    assert.deepEqual(
      [model.userVerification, model.keyProtection.length, model.attestationRoots.length],
      [['passcode_external'], 2, 1],
    )
  })

  test('may be signed with RSA, in both paddings', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const root = makeCertificate({ subject: [['CN', 'RSA root']], isCa: true })
    const leaf = makeCertificate({ subject: [['CN', 'RSA']], issuer: root, privateKey })
    for (const [alg, padding] of [
      ['RS256', 1],
      ['PS256', 6],
    ] as const) {
      const unsigned = makeBlob({ ...signer, chain: [leaf] }, { header: { alg } })
        .split('.')
        .slice(0, 2)
        .join('.')
      const key = { key: privateKey, padding, ...(padding === 6 ? { saltLength: 32 } : {}) }
      const text = `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`
      assert.equal(read(text, { roots: [root.x509], signerHost: undefined }).number, 1)
    }
  })

  test('keeps what is unknown out, and entries of other protocols too', () => {
    const entry = { ...makeMaker().entry(), brandNew: { a: 1 } }
    const entries = [entry, { aaid: '4e4e#4005', statusReports: [] }, { note: 'no identifier at all' }]
    const { entries: read1 } = read(blob({ entries, payload: { brandNew: [] } }))
    assert.equal(read1.length, 1)
    assert.ok(!('brandNew' in (read1[0] ?? {})))
  })

  test('names U2F keys by the identifiers of their attestation keys', () => {
    const { entries } = read(blob({ entries: [makeMaker({ format: 'fido-u2f' }).entry()] }))
    assert.match(entries[0]?.keys[0] ?? '', /^[0-9a-f]{40}$/)
  })

  test('leaves out icons that are no PNG, and roots that cannot be read', () => {
    const svg = `data:image/svg+xml;base64,${Buffer.from('<svg onload="alert(1)"/>').toString('base64')}`
    const disguised = `data:image/png;base64,${Buffer.from('<svg/>').toString('base64')}`
    for (const icon of [svg, disguised, 'https://evil.example/a.png', 7, `${disguised}" onerror="x`]) {
      const entry = makeMaker().entry({ statement: { icon, attestationRootCertificates: ['AAAA', 7, ' '] } })
      const [model] = read(blob({ entries: [entry] })).entries
      assert.deepEqual([model?.icon, model?.attestationRoots], [null, []])
    }
  })

  test('keeps the status of a model it brings no statement for', () => {
    const entries = [{ aaguid: TEST_AAGUID.toUpperCase(), statusReports: [{ status: 'REVOKED' }] }]
    const [model] = read(blob({ entries })).entries
    assert.deepEqual([model?.keys, model?.name, model?.statusReports[0]?.status], [[TEST_AAGUID], null, 'REVOKED'])
  })
})

describe('is refused', () => {
  test('a file of 50 MB, before any of it is parsed', () => {
    refused(() => read('a'.repeat(50 * 1024 * 1024)), 'metadata-too-large')
    refused(() => read(`${blob()}${' '.repeat(MAX_BLOB_BYTES)}`), 'metadata-too-large')
  })

  test('what is no blob, or only part of one', () => {
    const whole = blob({ entries: [makeMaker().entry()] })
    for (const text of ['', 'x', '..', 'a.b.c', '{}', `${whole}.x`, whole.slice(0, whole.lastIndexOf('.'))])
      refused(() => read(text), 'metadata-malformed')
    refused(() => read(whole.slice(0, -10)), 'metadata-signature')
    const [header, payload = '', signature] = whole.split('.')
    refused(() => read(`${header}.${payload.slice(0, -9)}.${signature}`), 'metadata-signature')
  })

  test('a changed payload, whatever it says then', () => {
    const [header, , signature] = blob().split('.')
    const [, payload] = blob({ number: 2, entries: [makeMaker().entry()] }).split('.')
    refused(() => read(`${header}.${payload}.${signature}`), 'metadata-signature')
  })

  test('no signature, a shared secret, or another algorithm than the key has', () => {
    for (const alg of ['none', 'None', 'HS256', 'ES384', 'RS256', 'EdDSA', 'ES256K', '', 'constructor'])
      refused(() => read(blob({ header: { alg } })), 'metadata-algorithm')
    const [, payload] = blob().split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    refused(() => read(`${header}.${payload}.`), 'metadata-malformed')
  })

  test('a header that brings its own key, no certificates, or demands', () => {
    for (const header of [
      { x5c: [] },
      { x5c: undefined },
      { x5c: [7] },
      { x5c: ['AAAA'] },
      { x5c: 'x' },
      { crit: ['b64'] },
    ])
      refused(() => read(blob({ header })), 'metadata-malformed')
    refused(() => read(blob({ header: { x5c: undefined, x5u: 'https://evil.example' } })), 'metadata-malformed')
    refused(
      () => read(blob({ header: { x5c: Array.from({ length: 9 }, () => signer.leaf.der.toString('base64')) } })),
      'metadata-malformed',
    )
  })

  test('a signer below another root, expired, or not valid yet', () => {
    refused(() => read(makeBlob(makeBlobSigner())), 'metadata-certificate', /not signed by a certificate below/)
    for (const leaf of [{ validUntil: at - dayMs, validFrom: at - 9 * dayMs }, { validFrom: at + dayMs }]) {
      const old = makeBlobSigner({ leaf })
      refused(() => read(makeBlob(old), trustIn(old)), 'metadata-certificate', /expired or is not valid yet/)
    }
  })

  test('a signer of somebody else below the same public root', () => {
    const fido = 'mds.fidoalliance.org'
    const right = makeBlobSigner({ host: fido })
    assert.equal(read(makeBlob(right), trustIn(right, fido)).number, 1)
    for (const wish of [
      { host: 'evil.example' },
      { host: `${fido}.evil.example` },
      { leaf: { subject: [['CN', fido] as ['CN', string]] } },
    ]) {
      const other = makeBlobSigner(wish)
      refused(() => read(makeBlob(other), trustIn(other, fido)), 'metadata-certificate', /not for mds/)
    }
  })

  test('a payload without number, date or list', () => {
    for (const payload of [
      { no: '7' },
      { no: -1 },
      { no: 1.5 },
      { nextUpdate: 'soon' },
      { nextUpdate: '2026-13-40' },
      { entries: {} },
    ])
      refused(() => read(blob({ payload })), 'metadata-malformed')
  })

  test('entries in which a model or its status cannot be read', () => {
    const entry = makeMaker().entry()
    for (const bad of [
      'x',
      { ...entry, aaguid: 'no-aaguid' },
      { ...entry, statusReports: undefined },
      { ...entry, statusReports: [{ effectiveDate: '2025-01-01' }] },
      { attestationCertificateKeyIdentifiers: ['zz'], statusReports: [] },
    ])
      refused(() => read(blob({ entries: [bad] })), 'metadata-malformed')
    refused(() => read(blob({ entries: [entry, entry] })), 'metadata-malformed', /stands in two entries/)
  })
})
