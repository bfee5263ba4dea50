import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CertificateAuthorityView, CertificateIssued } from '../src/access-keys/certificates/shapes.ts'
import { run } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'
import { freePort, startPostern } from './support/start-postern.ts'

const sshd = '/usr/sbin/sshd'
const skip = existsSync(sshd) ? false : 'sshd is not installed'

test(
  'another host that trusts the authority lets the people in whom it names, until a certificate ends',
  { skip },
  async () => {
    await using postern = await startPostern()
    const ana = await postern.owner()
    const { folder } = postern
    const key = await makeKeyFile(folder, 'mine')
    const { line, certificate } = await ana.act<CertificateIssued>('POST', '/me/ssh/certificates', {
      publicKey: key.line,
    })
    await writeFile(`${key.file}-cert.pub`, line)

    // As docs/formats/ssh-certificates.md says to set it up.
    const authority = await ana.call<CertificateAuthorityView>('GET', '/ssh/ca')
    await writeFile(join(folder, 'authority.pub'), `${authority.publicKey}\n`)
    await makeKeyFile(folder, 'host')
    const revoked = join(folder, 'revoked')
    const fetchRevoked = async (): Promise<void> =>
      writeFile(revoked, Buffer.from(await (await fetch(authority.revoked)).arrayBuffer()))
    await fetchRevoked()
    const { username } = userInfo()
    const principals = join(folder, 'principals')
    await writeFile(principals, `${authority.principal.replace('%u', 'ana')}\n`)
    const port = await freePort()
    const config = (more: string[]): string =>
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(folder, 'host')}`,
        `TrustedUserCAKeys ${join(folder, 'authority.pub')}`,
        `RevokedKeys ${revoked}`,
        'AuthorizedKeysFile none',
        'PidFile none',
        'StrictModes no',
        'UsePAM no',
        ...more,
        '',
      ].join('\n')
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
    await chmod(folder, 0o755)

    async function login(more: string[]): Promise<number> {
      await writeFile(join(folder, 'sshd_config'), config(more))
      // One connection, then it ends by itself.
      const server = spawn(sshd, ['-D', '-d', '-e', '-f', join(folder, 'sshd_config')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const ended = new Promise((resolve) => server.once('close', resolve))
      while (!said.includes('Server listening')) {
        if (server.exitCode !== null) assert.fail(said)
        await new Promise((done) => setImmediate(done))
      }
      const unknownHost = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']
      const alone = ['-F', '/dev/null', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes', '-i', key.file]
      const { code } = await run('ssh', [...alone, ...unknownHost, '-p', String(port), `${username}@127.0.0.1`, 'true'])
      server.kill()
      await ended
      return code
    }

    const named = [`AuthorizedPrincipalsFile ${principals}`]
    assert.notEqual(await login([]), 0, 'to trust the authority alone lets nobody in')
    assert.equal(await login(named), 0)
    await ana.call('DELETE', `/me/ssh/certificates/${certificate.id}`)
    await fetchRevoked()
    assert.notEqual(await login(named), 0, 'it is on the list')
  },
)
