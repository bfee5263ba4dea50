import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../protocols/test-certificate.ts'
import { parseMetadataSettings } from './metadata-settings.ts'

const parse = (given: { url?: string; rootFile?: string }) =>
  parseMetadataSettings({ url: undefined, rootFile: undefined, ...given })

test('nothing set: nothing is fetched, FIDO’s own host below its roots is believed', () => {
  const { url, trust } = parse({})
  assert.deepEqual([url, trust.signerHost], [undefined, 'mds.fidoalliance.org'])
  assert.equal(trust.roots.length, 2, 'GlobalSign R3 and R46 stand in this Node’s list')
})

test('an address is https, or on this machine, and without a password', () => {
  assert.equal(parse({ url: 'https://mds3.fidoalliance.org' }).url?.host, 'mds3.fidoalliance.org')
  assert.equal(parse({ url: 'http://localhost:9/x' }).url?.port, '9')
  for (const url of ['http://mds3.fidoalliance.org', 'file:///etc/passwd', 'mds3', '', 'http://localhost.evil.example'])
    assert.throws(() => parse({ url }), /must begin with https/)
  assert.throws(
    () => parse({ url: 'https://user:secret@mds3.fidoalliance.org' }),
    (error: Error) => !error.message.includes('secret'),
  )
})

test('an own root is a file in PEM, and then no host is asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-root-'))
  t.after(() => rm(folder, { recursive: true }))
  const [good, bad] = [join(folder, 'root.pem'), join(folder, 'bad.pem')]
  const root = makeCertificate({ subject: [['CN', 'Own']], isCa: true })
  await writeFile(good, `# ours\n${root.x509.toString()}`)
  await writeFile(bad, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
  const { trust } = parse({ rootFile: good })
  assert.deepEqual([trust.roots[0]?.fingerprint256, trust.signerHost], [root.x509.fingerprint256, undefined])
  for (const rootFile of [bad, join(folder, 'none.pem')])
    assert.throws(() => parse({ rootFile }), /holds no certificate/)
})
