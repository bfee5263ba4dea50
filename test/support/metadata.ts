import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BlobSigner, type BlobWish, makeBlob, makeBlobSigner } from '../../src/protocols/webauthn/test-blob.ts'
import { makeMaker, type TestMaker } from '../../src/protocols/webauthn/test-maker.ts'
import type { StartedPostern } from './start-postern.ts'

export { makeBlob, makeBlobSigner, makeMaker, type TestMaker }

/** What Chromium's virtual keys claim to be, whatever their transport. */
export const CHROMIUM_AAGUID = '01020304-0506-0708-0102-030405060708'

/**
 * Chromium's virtual keys attest in the packed format with one key that is the same in every Chromium, under a
 * self-signed certificate made anew each time. Any one of them is the root of them all: what counts of a root is its
 * name and its key. They attest only over CTAP2, and synced ones too.
 */
const CHROMIUM_ROOT = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIB1DCCAXqgAwIBAgIBATAKBggqhkjOPQQDAjBgMQswCQYDVQQGEwJVUzERMA8G
A1UECgwIQ2hyb21pdW0xIjAgBgNVBAsMGUF1dGhlbnRpY2F0b3IgQXR0ZXN0YXRp
b24xGjAYBgNVBAMMEUJhdGNoIENlcnRpZmljYXRlMB4XDTE3MDcxNDAyNDAwMFoX
DTQ2MTExNzAyNTI1NVowYDELMAkGA1UEBhMCVVMxETAPBgNVBAoMCENocm9taXVt
MSIwIAYDVQQLDBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0aW9uMRowGAYDVQQDDBFC
YXRjaCBDZXJ0aWZpY2F0ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI1hfmXJ
UI5kvMVnOsgqZ5naPBRGaCwljEY//99Y39L6Pmw3i1PXlcSk3/tBme3Xhi8jq68C
A7S4kRugVpmU4QGjJTAjMAwGA1UdEwEB/wQCMAAwEwYLKwYBBAGC5RwCAQEEBAMC
BSAwCgYIKoZIzj0EAwIDSAAwRQIhANnlGycbbpr+wn7fumM36qpdaOgn+FctQV+S
MiEEODSJAiBEdPmmQFQXW4XVKTN4MR/8NUzrW5zUaXOjQW8lPUt6RQ==
-----END CERTIFICATE-----`)

/** Chromium's virtual key as a model of a hardware key. */
export const chromiumEntry: TestMaker['entry'] = (more = {}) => ({
  ...makeMaker({ aaguid: CHROMIUM_AAGUID, name: 'Virtual key of Chromium' }).entry({
    ...more,
    statement: { attestationRootCertificates: [CHROMIUM_ROOT.raw.toString('base64')], ...more.statement },
  }),
})

/** One signer for a whole test process, so that a server started with its root takes every blob made here. */
const signer: BlobSigner = makeBlobSigner()

/** Metadata of these models, signed so that a server started with `metadataFlags()` takes it. */
export const blobOf = (models: TestMaker[], wish: BlobWish = {}): string =>
  makeBlob(signer, { entries: [chromiumEntry(), ...models.map((model) => model.entry())], ...wish })

/** Flags for `startPostern` that make the server trust the metadata of `blobOf`; the folder is for the test to remove. */
export async function metadataFlags(): Promise<{ flags: string[] } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-metadata-'))
  const file = join(folder, 'root.pem')
  await writeFile(file, signer.root.x509.toString())
  return {
    flags: ['--metadata-root', file],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Puts metadata into a running server, which need not trust its signer: every key of these models is then attested. */
export function importMetadata(postern: StartedPostern, models: TestMaker[] = [], wish: BlobWish = {}) {
  return postern.postern.attestation.importBlob(blobOf(models, wish), {
    source: 'test',
    trust: { roots: [signer.root.x509], signerHost: undefined },
  })
}
