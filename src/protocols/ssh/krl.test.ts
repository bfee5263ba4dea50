import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { issueCertificate, renderCertificate } from './issue-certificate.ts'
import { renderKrl } from './krl.ts'
import { string, u32 } from './wire.ts'

const run = promisify(execFile)

/** Key blobs of each type, as `ssh-keygen` would make them. */
const ed25519 = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { raw, privateKey, blob: Buffer.concat([string('ssh-ed25519'), string(raw)]) }
}
const nistp256 = () => {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
}
const authority = ed25519()
const signer = {
  publicKey: authority.blob,
  sign: (bytes: Buffer) => Buffer.concat([string('ssh-ed25519'), string(sign(null, bytes, authority.privateKey))]),
}
const issue = (publicKey: Buffer, serial: bigint): Buffer =>
  issueCertificate(
    {
      publicKey,
      serial,
      keyId: `ana@git.example ${serial}`,
      principals: ['ana@git.example'],
      validAfter: 1_700_000_000n,
      validBefore: 1_700_028_800n,
    },
    signer,
  )
const lacksTool = await run('ssh-keygen', ['-?']).then(
  () => false,
  (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'ssh-keygen is not installed' : false),
)

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-krl-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('ssh-keygen reads what was issued, over each type of key', { skip: lacksTool }, () =>
  inFolder(async (folder) => {
    const subjects = {
      'ssh-ed25519-cert-v01@openssh.com': ed25519().blob,
      'sk-ssh-ed25519-cert-v01@openssh.com': Buffer.concat([
        string('sk-ssh-ed25519@openssh.com'),
        string(ed25519().raw),
        string('ssh:'),
      ]),
      'ecdsa-sha2-nistp256-cert-v01@openssh.com': Buffer.concat([
        string('ecdsa-sha2-nistp256'),
        string('nistp256'),
        string(nistp256()),
      ]),
      'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com': Buffer.concat([
        string('sk-ecdsa-sha2-nistp256@openssh.com'),
        string('nistp256'),
        string(nistp256()),
        string('ssh:'),
      ]),
    }
    for (const [type, blob] of Object.entries(subjects)) {
      const file = join(folder, 'key-cert.pub')
      await writeFile(file, renderCertificate(issue(blob, 7n), 'ana'))
      const { stdout } = await run('ssh-keygen', ['-L', '-f', file], { env: { ...process.env, TZ: 'UTC' } })
      assert.match(stdout, new RegExp(`Type: ${type.replaceAll('.', '\\.')} user certificate`))
      assert.match(stdout, /Key ID: "ana@git\.example 7"\n\s+Serial: 7\n/)
      assert.match(stdout, /Valid: from 2023-11-14T22:13:20 to 2023-11-15T06:13:20/)
      assert.match(stdout, /Principals: \n\s+ana@git\.example\n\s+Critical Options: \(none\)\n\s+Extensions: \(none\)/)
    }
  }),
)

test('ssh-keygen finds exactly the serials that a list revokes', { skip: lacksTool }, () =>
  inFolder(async (folder) => {
    const list = join(folder, 'revoked')
    const isRevoked = async (serial: bigint): Promise<boolean> => {
      const file = join(folder, `${serial}-cert.pub`)
      await writeFile(file, renderCertificate(issue(authority.blob, serial), ''))
      return run('ssh-keygen', ['-Q', '-f', list, file]).then(
        () => false,
        ({ stdout }: { stdout: string }) => /REVOKED/.test(stdout),
      )
    }
    const render = (serials: bigint[], publicKey = authority.blob): Buffer =>
      renderKrl({ version: 3n, generatedAt: 1_700_000_000n, comment: '', authorities: [{ publicKey, serials }] })

    await writeFile(list, render([9n, 4n, 9n, 2n ** 40n]))
    assert.deepEqual(await Promise.all([4n, 5n, 9n, 2n ** 40n].map(isRevoked)), [true, false, true, true])
    await writeFile(list, render([4n], ed25519().blob))
    assert.equal(await isRevoked(4n), false, 'a serial of another authority')
    await writeFile(list, render([]))
    assert.equal(await isRevoked(4n), false, 'an empty list is a list')
    await writeFile(list, Buffer.concat([render([4n]), u32(0)]))
    await assert.rejects(run('ssh-keygen', ['-Q', '-l', '-f', list]), 'what follows is not ignored')
  }),
)
