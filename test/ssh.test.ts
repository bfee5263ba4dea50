import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadConfig } from '../src/config.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import { createPostern } from '../src/server.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { postern } from './support/command.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { startSshAgent } from './support/ssh-agent.ts'
import { begin, openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { freePort } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`git over SSH, on ${store.name}`, () => {
    let door: SshDoor
    let ana: Person
    let held: Repository
    let key: Awaited<ReturnType<SshDoor['addKey']>>
    let clone: string
    before(async () => {
      door = await openSshDoor(await store.flags())
      ana = await door.started.owner()
      held = await makeHeld(door.started, ana, 'payments/api')
      key = await door.addKey(ana, 'laptop')
      const work = await door.folder('work')
      const cloned = await door.git(key, work, 'clone', door.url('payments/api'), 'clone')
      assert.equal(cloned.code, 0, cloned.stderr)
      clone = join(work, 'clone')
    })
    after(() => door[Symbol.asyncDispose]())
    const commit = async (name: string): Promise<string> => {
      await writeFile(join(clone, name), `${name}\n`)
      await door.git(key, clone, 'add', '--all')
      await door.git(key, clone, 'commit', '--quiet', '-m', `Add ${name}`)
      return (await door.git(key, clone, 'rev-parse', 'HEAD')).stdout.trim()
    }

    test('ssh -T greets with who you are, by which key, what that counts for, and what next', async () => {
      const { code, stderr } = await door.ssh(key, '-T')
      assert.equal(code, 0, stderr)
      assert.match(
        stderr,
        /Hello Ana Example \(ana\)\.\nYou came by the SSH key “laptop”, SHA256:\S{43}: a key in a file/,
      )
      assert.match(stderr, /git clone ssh:\/\/git@localhost:\d+\/<project>\/<repository>\.git$/m)
      // OpenSSH 10.1 and newer says so where a key exchange would not outlast quantum computers.
      assert.doesNotMatch(stderr, /WARNING|post-quantum/)
    })

    test('what is not git’s gets one clear line, and nothing runs', async () => {
      for (const [args, line] of [
        [['uname'], 'Only git fetch, clone and push run here, no other command.'],
        [
          ['git-lfs-transfer payments/api.git upload'],
          'Files of Git LFS go over HTTPS: only git-lfs-authenticate runs here.',
        ],
        [['-s', 'sftp'], 'Files are not served over SSH: only git fetch, clone and push.'],
      ] as const) {
        const { code, stdout, stderr } = await door.ssh(key, '-q', ...args)
        assert.deepEqual([code, stdout, stderr], [1, '', `${line}\n`])
      }
    })

    test('says which signatures it takes, so that no client tries another', async () => {
      const { code, stderr } = await door.ssh(key, '-v', '-T')
      assert.equal(code, 0, stderr)
      const [, taken = ''] = /kex_input_ext_info: server-sig-algs=<([^>]*)>/.exec(stderr) ?? []
      assert.deepEqual(taken.split(',').toSorted(), [
        'ecdsa-sha2-nistp256',
        'ecdsa-sha2-nistp384',
        'ecdsa-sha2-nistp521',
        'rsa-sha2-256',
        'rsa-sha2-512',
        'sk-ecdsa-sha2-nistp256@openssh.com',
        'sk-ssh-ed25519@openssh.com',
        'ssh-ed25519',
        'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
      ])
      const rsa = await door.addKey(ana, 'rsa', '-t', 'rsa', '-b', '3072')
      for (const [algorithm, exit] of [
        ['rsa-sha2-512', 0],
        ['rsa-sha2-256', 0],
        ['ssh-rsa', 255],
      ] as const) {
        const came = await door.ssh(rsa, '-o', `PubkeyAcceptedAlgorithms=${algorithm}`, '-T')
        assert.equal(came.code, exit, `${algorithm}: ${came.stderr}`)
      }
    })

    test('pushes, fetches, lists, and clones a part', async () => {
      const oid = await commit('topic.txt')
      const pushed = await door.git(key, clone, 'push', 'origin', 'HEAD:refs/heads/topic')
      assert.equal(pushed.code, 0, pushed.stderr)
      assert.match(pushed.stderr, /remote: Open a pull request for topic:/)
      const row = await held.lastUpdate('refs/heads/topic')
      assert.deepEqual([row.newOid, row.state, row.method], [oid, 'done', `ssh-key ${key.id}`])
      const again = await door.git(key, clone, 'push', 'origin', 'HEAD:refs/heads/topic')
      assert.match(again.stderr, /Everything up-to-date/)
      for (const version of ['0', '1', '2']) {
        const listed = await door.git(key, clone, '-c', `protocol.version=${version}`, 'ls-remote', 'origin', 'topic')
        assert.equal(listed.stdout, `${oid}\trefs/heads/topic\n`)
        const folder = `shallow-${version}`
        const args = ['-c', `protocol.version=${version}`, 'clone', '--quiet', '--depth', '1', '--branch', 'topic']
        const shallow = await door.git(key, await door.folder('work'), ...args, door.url('payments/api'), folder)
        assert.equal(shallow.code, 0, shallow.stderr)
        const count = await door.git(key, join(await door.folder('work'), folder), 'rev-list', '--count', 'HEAD')
        assert.equal(count.stdout.trim(), '1')
      }
      await held.git('fetch', '--quiet', 'origin', 'topic')
      await held.commit('elsewhere.txt')
      await held.git('push', '--quiet', 'origin', 'HEAD:refs/heads/elsewhere')
      assert.equal((await door.git(key, clone, 'fetch', '--quiet', 'origin')).code, 0)
      assert.equal(
        (await door.git(key, clone, 'log', '-1', '--format=%s', 'origin/elsewhere')).stdout,
        'Add elsewhere.txt\n',
      )
      const deleted = await door.git(key, clone, 'push', 'origin', '--delete', 'topic')
      assert.equal(deleted.code, 0, deleted.stderr)
    })

    test('a refused push says what it says over HTTPS, with a pack and without', async () => {
      await commit('refused.txt')
      const url = `${door.started.origin}/payments/api.git`
      for (const refspec of ['HEAD:refs/replace/x', 'HEAD:refs/postern/x', ':refs/heads/main']) {
        const overSsh = await door.git(key, clone, 'push', 'origin', refspec)
        const overHttps = await run('git', [...withToken(held.token), 'push', url, refspec], {
          cwd: clone,
          env: door.env(key),
        })
        assert.equal(overSsh.code, 1, refspec)
        const words = (text: string): string[] => text.split('\n').filter((line) => /remote/.test(line))
        assert.ok(words(overSsh.stderr).length > 0, overSsh.stderr)
        assert.deepEqual(words(overSsh.stderr), words(overHttps.stderr))
      }
    })

    test('what somebody may not see or change is said as git’s own error', async () => {
      const ben = await door.started.join(ana, `ben-${store.name.toLowerCase()}`)
      const his = await door.addKey(ben, 'his')
      const fetched = await door.git(his, clone, 'ls-remote', door.url('payments/api'))
      assert.equal(
        fetched.stderr,
        'fatal: remote error: This repository does not exist, or you may not see it. ' +
          'Check the address or the name, or ask whoever gave it to you whether you have access.\n',
      )
      await ana.act('PUT', `${held.path}/members/user/ben-${store.name.toLowerCase()}`, { role: 'read' })
      assert.equal((await door.git(his, clone, 'ls-remote', door.url('payments/api'))).code, 0)
      const pushed = await door.git(his, clone, 'push', door.url('payments/api'), 'HEAD:refs/heads/his')
      assert.match(pushed.stderr, /^fatal: remote error: .*write.*\n$/)
    })

    test('a push for a pull request opens it', async () => {
      await door.git(key, clone, 'switch', '--quiet', '-C', 'proposed', 'origin/main')
      await commit('proposed.txt')
      const { code, stderr } = await door.git(key, clone, 'push', 'origin', 'HEAD:refs/for/main')
      assert.equal(code, 0, stderr)
      assert.match(stderr, /\/payments\/api\/pull-requests\/\d+/)
    })

    test('a push that takes a tap waits for it', async () => {
      await held.setPush('main', 'tap')
      await door.git(key, clone, 'switch', '--quiet', '-C', 'tapped', 'origin/main')
      const oid = await commit('tapped.txt')
      const push = begin('git', ['push', 'origin', 'HEAD:refs/heads/main'], { cwd: clone, env: door.env(key) })
      const [, code = ''] = await push.seen(/\/s\/([0-9A-Z-]{19})/)
      const { id } = await ana.call<{ id: string }>('GET', `/seal-links/${code}`)
      const asked = await ana.call<SealRequest>('GET', `/seal-requests/${id}`)
      assert.equal(asked.askedFrom.program, 'SSH key “laptop”')
      await ana.tap(id)
      const { code: exit, screen } = await push.ended
      assert.equal(exit, 0, screen)
      assert.match(screen, /Sealed by Ana Example/)
      assert.equal(await held.tip('main'), oid)
      // Whose key ends while it waits has not pushed.
      const other = await door.addKey(ana, 'other')
      await commit('never.txt')
      const late = begin('git', ['push', 'origin', 'HEAD:refs/heads/main'], { cwd: clone, env: door.env(other) })
      await late.seen(/\/s\/[0-9A-Z-]{19}/)
      await ana.act('DELETE', `/me/ssh-keys/${other.id}`)
      assert.notEqual((await late.ended).code, 0)
      assert.equal(await held.tip('main'), oid)
      await held.setPush('main', 'closed')
    })

    test('a security key counts by its touch; without one it is refused with a sentence', async () => {
      const sk = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'sk' })
      await addSshKey(ana, sk, { name: 'token' })
      await using agent = await startSshAgent(sk)
      const identity = { agent: agent.socket }
      const touched = await door.ssh(identity, '-T')
      assert.equal(touched.code, 0, touched.stderr)
      assert.match(touched.stderr, /a security key, touched\.\nHere that counts as a password and a code/)
      sk.verification = true
      assert.match((await door.ssh(identity, '-T')).stderr, /with PIN or fingerprint\.\nHere that counts as a passkey/)
      sk.presence = false
      const untouched = await door.ssh(identity, '-T')
      assert.equal(untouched.code, 255)
      assert.match(untouched.stderr, /nobody touched the security key/)
      const rows = await door.started.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select(['action', 'leaf'])
        .where('action', 'in', ['ssh.used', 'ssh.refused'])
        .orderBy('occurredAt')
        .orderBy('id')
        .execute()
      const recorded = rows.map(({ action, leaf }) => ({
        action,
        ...(JSON.parse(leaf) as { facts: { fingerprint: string; touch: string; counter?: number } }).facts,
      }))
      // Adding it took the first of its signatures.
      assert.deepEqual(
        recorded
          .filter(({ fingerprint }) => fingerprint === sk.fingerprint)
          .map(({ action, touch, counter }) => [action, touch, counter]),
        [
          ['ssh.used', 'present', 2],
          ['ssh.used', 'verified', 3],
          ['ssh.refused', 'none', 4],
        ],
      )
      const inFile = recorded.find(({ fingerprint }) => fingerprint !== sk.fingerprint)
      assert.deepEqual([inFile?.action, inFile?.touch, inFile?.counter], ['ssh.used', 'none', undefined])
    })

    test('a key that is known and may not come in is told why, and recorded once', async () => {
      const signer = new TestSshKey('ssh-ed25519', { comment: 'signer' })
      await addSshKey(ana, signer, { name: 'signer', forLogin: false })
      await using agent = await startSshAgent(signer)
      for (let times = 0; times < 2; times++) {
        const { code, stderr } = await door.ssh({ agent: agent.socket }, '-T')
        assert.equal(code, 255)
        assert.match(stderr, /^Your SSH key “signer” is for signing commits, not for coming in\. .+$/m)
      }
      const read = door.started.postern.ceremonies.database.read
      const rows = await read
        .selectFrom('auditEvent')
        .select('outcome')
        .where('action', '=', 'ssh.refused')
        .where('targetId', '=', signer.fingerprint)
        .execute()
      assert.deepEqual(
        rows.map(({ outcome }) => outcome),
        ['refused'],
      )
    })

    test('many come in at once', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => door.git(key, clone, 'ls-remote', 'origin')))
      assert.deepEqual(new Set(answers.map(({ code }) => code)), new Set([0]))
    })

    test('a large push and clone come through whole', async () => {
      await writeFile(join(clone, 'large.bin'), randomBytes(12 * 1024 ** 2))
      const oid = await commit('large.txt')
      const pushed = await door.git(key, clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/large')
      assert.equal(pushed.code, 0, pushed.stderr)
      const args = ['clone', '--quiet', '--branch', 'large', door.url('payments/api'), 'whole']
      const cloned = await door.git(key, await door.folder('work'), ...args)
      assert.equal(cloned.code, 0, cloned.stderr)
      const whole = join(await door.folder('work'), 'whole')
      assert.equal((await gitOrThrow(whole, ['rev-parse', 'HEAD'])).trim(), oid)
      await gitOrThrow(whole, ['fsck', '--strict'])
    })

    test('a server that stops tells whoever waits', async () => {
      await held.setPush('main', 'tap')
      await commit('stopped.txt')
      const push = begin('git', ['push', 'origin', 'HEAD:refs/heads/main'], { cwd: clone, env: door.env(key) })
      await push.seen(/\/s\/[0-9A-Z-]{19}/)
      await door.started.restart()
      const { code, screen } = await push.ended
      assert.notEqual(code, 0)
      assert.match(screen, /remote: .*server.*stop/i)
      await door.trust()
    })

    test('a restart keeps the host key', async () => {
      const before = door.started.postern.ssh()?.sshfp
      await door.started.restart()
      assert.equal(door.started.postern.ssh()?.sshfp, before)
      await door.trust()
      assert.equal((await door.ssh(key, '-T')).code, 0)
    })
  })

test('an operator reads the host key on the machine itself, before the first start too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-host-key-'))
  try {
    const env = { POSTERN_SSH_PORT: '7422', POSTERN_SSH_ADDRESS: 'git.example.com:22' }
    const shown = await postern(['admin', 'ssh-host-key', '--data', folder], env)
    assert.equal(shown.code, 0, shown.stderr)
    const [, fingerprint = ''] = /^ {2}(SHA256:\S{43})$/m.exec(shown.stdout) ?? []
    assert.match(shown.stdout, /^ {2}git\.example\.com ssh-ed25519 \S+$/m)
    assert.match(shown.stdout, /^ {2}git\.example\.com ecdsa-sha2-nistp256 \S+$/m)
    assert.match(shown.stdout, /^ {2}git\.example\.com\. IN SSHFP 4 2 [0-9a-f]{64}$/m)
    assert.match(shown.stdout, /^ {2}git\.example\.com\. IN SSHFP 3 2 [0-9a-f]{64}$/m)
    const again = await postern(['admin', 'ssh-host-key', '--data', folder, '--json'], env)
    assert.equal((JSON.parse(again.stdout) as { fingerprint: string }).fingerprint, fingerprint)
    const off = await postern(['admin', 'ssh-host-key', '--data', folder])
    assert.deepEqual([off.code, off.stdout], [1, ''])
    assert.match(off.stderr, /SSH is off/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('nodes that share a database are one host over SSH', async () => {
  const database = await postgresDatabase()
  await using door = await openSshDoor(postgresFlags(database))
  const data = join(door.started.folder, 'other')
  const args = ['--url', door.started.origin, '--port', String(await freePort()), '--ssh-port', '0', '--data', data]
  const other = await createPostern(loadConfig([...args, ...postgresFlags(database), '--log-level', 'error'], {}))
  try {
    assert.equal(other.ssh()?.sshfp, door.started.postern.ssh()?.sshfp)
  } finally {
    await other.close()
  }
})
