import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import type { Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { begin, openSshDoor, run, type SshDoor } from './support/ssh-door.ts'

const python = '/usr/bin/python3'
const script = join(import.meta.dirname, 'support', 'other-clients.py')

const lacks = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}
const noDulwich = lacks(python, '-c', 'import dulwich') && 'python3-dulwich is not installed'
const noPygit2 = lacks(python, '-c', 'import pygit2') && 'python3-pygit2 is not installed'
const noPlink = lacks('plink', '-V') && 'plink is not installed (putty-tools)'
const noDbclient = lacks('dbclient', '-V') && 'dbclient is not installed (dropbear-bin)'

describe('other clients than stock git', () => {
  let door: SshDoor
  let ana: Person
  let held: Repository
  let key: Awaited<ReturnType<SshDoor['addKey']>>
  before(async () => {
    door = await openSshDoor()
    ana = await door.started.owner()
    held = await makeHeld(door.started, ana, 'acme/widgets')
    key = await door.addKey(ana, 'laptop')
  })
  after(() => door[Symbol.asyncDispose]())

  const closed = /main is protected: open a pull request instead\./
  const client = async (library: string, name: string, how: { url: string; user: string; password?: string }) => {
    const isSsh = how.url.startsWith('ssh:')
    const folder = join(await door.folder('work'), name)
    return [script, library, how.url, folder, how.user, how.password ?? '', isSsh ? key.file : '']
  }
  /** By the refspec that was pushed. */
  async function pushed(args: string[], ...refspecs: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await run(python, [...args, ...refspecs], {
      cwd: door.started.folder,
      env: door.env(key),
    })
    assert.equal(code, 0, stderr)
    const lines = stdout.split('\n')
    return refspecs.map((refspec) => lines.find((line) => line.startsWith(`${refspec} | `)) ?? assert.fail(stdout))
  }

  test(
    'dulwich clones and pushes by the token as its user name, and shows why it may not',
    { skip: noDulwich },
    async () => {
      const args = await client('dulwich', 'dulwich', { url: held.url, user: held.token, password: 'x-oauth-basic' })
      const [refused, made, proposed] = await pushed(
        args,
        'HEAD:refs/heads/main',
        'HEAD:refs/heads/by-dulwich',
        'HEAD:refs/for/main',
      )
      assert.match(refused ?? '', closed)
      assert.match(refused ?? '', /refs\/heads\/main failed: this branch is protected/)
      assert.match(made ?? '', /Open a pull request for by-dulwich: .*refs\/heads\/by-dulwich updated/)
      assert.match(proposed ?? '', /Opened acme\/widgets#1, ana\/add-dulwich-txt into main: .*refs\/for\/main updated/)
      assert.notEqual(await held.tip('by-dulwich'), '')
    },
  )

  test('dulwich comes by SSH, with the ssh that is there', { skip: noDulwich }, async () => {
    const args = await client('dulwich', 'dulwich-ssh', { url: door.url('acme/widgets'), user: 'git' })
    const [refused, made] = await pushed(args, 'HEAD:refs/heads/main', 'HEAD:refs/heads/by-dulwich-ssh')
    assert.match(refused ?? '', closed)
    assert.match(made ?? '', /refs\/heads\/by-dulwich-ssh updated/)
  })

  test('libgit2 clones and pushes over HTTPS and SSH, and shows why it may not', { skip: noPygit2 }, async () => {
    for (const [name, url] of [
      ['pygit2', held.url],
      ['pygit2-ssh', door.url('acme/widgets')],
    ] as const) {
      const args = await client('pygit2', name, { url, user: 'git', password: held.token })
      const [refused, made] = await pushed(args, 'HEAD:refs/heads/main', `HEAD:refs/heads/by-${name}`)
      assert.match(refused ?? '', / \| this branch is protected \| /)
      assert.match(refused ?? '', closed)
      assert.match(made ?? '', / \| ok \| .*Open a pull request for by-/)
      assert.notEqual(await held.tip(`by-${name}`), '')
    }
  })

  test('a push of libgit2 waits for a tap, and is shown no picture for a terminal', { skip: noPygit2 }, async () => {
    await held.setPush('main', 'tap')
    const args = await client('pygit2', 'waits', { url: held.url, user: 'git', password: held.token })
    const push = begin(python, [...args, 'HEAD:refs/heads/main'], { cwd: door.started.folder, env: door.env(key) })
    const [, code = ''] = await push.seen(/\/s\/([0-9A-Z-]{19})/)
    await ana.tap((await ana.call<{ id: string }>('GET', `/seal-links/${code}`)).id)
    const { code: exit, screen } = await push.ended
    assert.equal(exit, 0, screen)
    assert.match(screen, /\| ok \|.*Sealed by Ana Example with “/)
    assert.ok(!screen.includes('\u001b'), screen)
    await held.setPush('main', 'closed')
  })

  /** git with this program in place of ssh, which knows no option of ssh's but the port. */
  async function gitBy(name: string, lines: string[]) {
    const file = join(door.started.folder, name)
    await writeFile(file, `#!/bin/sh\nexec ${lines.join(' ')} "$@"\n`)
    await chmod(file, 0o755)
    const { GIT_SSH_COMMAND: _ssh, ...rest } = door.env(key)
    const env = { ...rest, GIT_SSH: file, GIT_SSH_VARIANT: 'simple' }
    const clone = join(await door.folder('work'), name)
    const git = (...args: string[]) => run('git', args, { cwd: clone, env })
    const url = 'ssh://git@localhost/acme/widgets.git'
    const cloned = await run('git', ['clone', '--quiet', url, clone], { cwd: door.started.folder, env })
    assert.equal(cloned.code, 0, cloned.stderr)
    await git('commit', '--quiet', '--allow-empty', '--message', name)
    const made = await git('push', 'origin', `HEAD:refs/heads/by-${name}`)
    assert.equal(made.code, 0, made.stderr)
    const refused = await git('push', 'origin', 'HEAD:refs/heads/main')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, closed)
    return run(file, ['git@localhost'], { env })
  }

  test('git comes by PuTTY’s plink, which is told who it is', { skip: noPlink }, async () => {
    const ppk = `${key.file}.ppk`
    // It keeps its random seed in the home of whoever runs it.
    execFileSync('puttygen', [key.file, '-O', 'private', '-o', ppk], { env: door.env(key) })
    const { fingerprint = '' } = door.started.postern.ssh() ?? {}
    const lines = ['plink', '-batch', '-T', '-P', String(door.port), '-hostkey', fingerprint, '-i', ppk]
    assert.match((await gitBy('plink', lines)).stderr, /Hello Ana Example \(ana\)\./)
  })

  test('git comes by Dropbear’s dbclient, which is told who it is', { skip: noDbclient }, async () => {
    const converted = `${key.file}.dropbear`
    execFileSync('dropbearconvert', ['openssh', 'dropbear', key.file, converted], { stdio: 'ignore' })
    const lines = ['dbclient', '-y', '-y', '-T', '-p', String(door.port), '-i', converted]
    assert.match((await gitBy('dbclient', lines)).stderr, /Hello Ana Example \(ana\)\./)
  })

  test('a client in FIPS mode, which knows no Ed25519 and no Curve25519, comes by the ECDSA host key', async () => {
    const ecdsa = await door.addKey(ana, 'ecdsa', '-t', 'ecdsa', '-b', '256')
    const approved = {
      HostKeyAlgorithms: 'ecdsa-sha2-nistp256',
      KexAlgorithms: 'ecdh-sha2-nistp256',
      Ciphers: 'aes256-gcm@openssh.com',
      PubkeyAcceptedAlgorithms: 'ecdsa-sha2-nistp256',
    }
    const options = Object.entries(approved).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    const { code, stderr } = await door.ssh(ecdsa, ...options, '-T')
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^Hello Ana Example/)
    // Whoever knows both is still shown the first.
    assert.match((await door.ssh(ecdsa, '-v', '-T')).stderr, /host key algorithm: ssh-ed25519/)
  })

  test('a proposal as JGit sends it is told the name that works for it', async () => {
    const capabilities = 'report-status push-options side-band-64k agent=JGit/7.8.0'
    const oid = await held.git('rev-parse', 'main')
    const asked = [`${zeroOid} ${oid} refs/heads/main\0${capabilities}\n`, undefined, 'pull-request', undefined]
    const answer = await fetch(`${held.url}/git-receive-pack`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`x:${held.token}`).toString('base64')}`,
        'content-type': 'application/x-git-receive-pack-request',
        'content-encoding': 'gzip',
      },
      body: gzipSync(Buffer.concat(asked.map((line) => (line === undefined ? flushPkt : encodePkt(line))))),
    })
    const text = await answer.text()
    assert.equal(answer.status, 200, text)
    assert.match(text, /Push to another name: git push origin HEAD:refs\/for\/main\n/)
    assert.match(text, /ng refs\/heads\/main this git is too old/)
  })
})
