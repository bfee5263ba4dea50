import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CertificateAuthority } from '../src/access-keys/certificates/certificate-authority.ts'
import { createCertificateSource } from '../src/access-keys/certificates/certificate-source.ts'
import type { CertificateIssued } from '../src/access-keys/certificates/shapes.ts'
import { type CertificateToIssue, issueCertificate } from '../src/protocols/ssh/issue-certificate.ts'
import { parseSshCertificate } from '../src/protocols/ssh/certificate.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { sshKeyTypes } from '../src/protocols/ssh/key-fields.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { string } from '../src/protocols/ssh/wire.ts'
import type { Person } from '../src/walk/person.ts'
import { ownAuthority, rebuilt, wantedOf } from './support/forged-certificates.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { requestOf, startPush } from './support/held-push.ts'
import { makeHeld } from './support/held-repository.ts'
import { startSshAgent } from './support/ssh-agent.ts'
import { begin, openSshDoor, type Ran, type SshDoor } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'

let door: SshDoor
let ana: Person
before(async () => {
  door = await openSshDoor()
  ana = await door.started.owner()
  await ana.call('POST', '/projects', { name: 'work', description: '' })
  await ana.call('POST', '/projects/work/repositories', { name: 'one', description: '', visibility: 'private' })
})
after(() => door[Symbol.asyncDispose]())

const bytesOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')
const issue = (person: Person, publicKey: string): Promise<CertificateIssued> =>
  person.act('POST', '/me/ssh/certificates', { publicKey })
let made = 0

/** A key in a file with its certificate beside it, as `postern login` leaves them. */
async function laptop(person: Person): Promise<CertificateIssued & { file: string; line: string }> {
  const key = await makeKeyFile(await door.folder('laptop'), `key-${++made}`)
  const issued = await issue(person, key.line)
  await writeFile(`${key.file}-cert.pub`, issued.line)
  return { ...issued, file: key.file }
}

const greet = (file: string): Promise<Ran> => door.ssh({ file }, '-T')
async function refusedWith(ran: Promise<Ran>, sentence: RegExp): Promise<void> {
  const { code, stderr } = await ran
  assert.notEqual(code, 0)
  assert.match(stderr, sentence)
}

test('real ssh comes in with a certificate, and git clones and pushes by it', async () => {
  const { file, certificate } = await laptop(ana)
  const { stderr: hello } = await greet(file)
  assert.ok(hello.startsWith('Hello Ana Example (ana).\n'), hello)
  const named = `You came by the SSH certificate “certificate ${certificate.serial}”, ${certificate.fingerprint}: `
  assert.ok(hello.includes(`${named}a key in a file, which nobody touched.\nHere that counts as a passkey.`), hello)
  const folder = await door.folder('clones')
  assert.equal((await door.git({ file }, folder, 'clone', door.url('work/one'))).code, 0)
  const work = join(folder, 'one')
  await writeFile(join(work, 'a.txt'), 'a')
  for (const args of [
    ['add', '.'],
    ['commit', '-m', 'first'],
    ['push', 'origin', 'HEAD:refs/heads/topic'],
  ]) {
    const { code, stderr } = await door.git({ file }, work, ...args)
    assert.equal(code, 0, stderr)
  }
  const { items } = await ana.call<{ items: { id: string; lastUsedAt: number | null }[] }>(
    'GET',
    '/me/ssh/certificates',
  )
  assert.notEqual(items.find(({ id }) => id === certificate.id)?.lastUsedAt, null)
  const { database } = door.started.postern.ceremonies
  const update = await database.read
    .selectFrom('refUpdate')
    .select(['method', 'strength'])
    .where('ref', '=', 'refs/heads/topic')
    .executeTakeFirst()
  assert.match(update?.method ?? '', new RegExp(certificate.id))
  assert.equal(update?.strength, 'passkey')
})

test('a certificate over a key of every type that is taken comes in', async () => {
  await using agent = await startSshAgent()
  for (const type of sshKeyTypes) {
    const key = new TestSshKey(type)
    const { line, certificate } = await issue(ana, key.line)
    // The certificate alone: the key itself is nobody's.
    agent.held = [{ key, certificate: bytesOf(line) }]
    const { code, stderr } = await door.ssh({ agent: agent.socket }, '-T')
    assert.equal(code, 0, `${type}: ${stderr}`)
    assert.ok(stderr.includes(`SSH certificate “certificate ${certificate.serial}”, ${key.fingerprint}`), stderr)
  }
})

test('ended by its person, it lets nobody in, and what is open by it is cut', async () => {
  const { file, certificate } = await laptop(ana)
  const [program = '', ...args] = door.sshCommand({ file })
  const request = ['git@localhost', "git-upload-pack 'work/one.git'"]
  const open = begin(program, [...args, ...request], { cwd: door.started.folder, env: door.env({ file }) })
  await open.seen(/refs\/heads\/topic/)
  await ana.call('DELETE', `/me/ssh/certificates/${certificate.id}`)
  assert.notEqual((await open.ended).code, 0)
  await refusedWith(greet(file), /this certificate was ended/)
})

test('the end of a person cuts them off in the middle', async () => {
  const bo = await door.started.join(ana, 'bo')
  await ana.act('PUT', '/projects/work/members/user/bo', { role: 'read' })
  const { file } = await laptop(bo)
  const [program = '', ...args] = door.sshCommand({ file })
  const request = ['git@localhost', "git-upload-pack 'work/one.git'"]
  const open = begin(program, [...args, ...request], { cwd: door.started.folder, env: door.env({ file }) })
  await open.seen(/refs\/heads\/topic/)
  await ana.act('POST', '/people/bo/end', { reason: '' })
  assert.notEqual((await open.ended).code, 0)
  assert.notEqual((await greet(file)).code, 0)
})

test('it ends with the passkey that tapped for it', async () => {
  const cy = await door.started.join(ana, 'cy')
  const { file } = await laptop(cy)
  assert.equal((await greet(file)).code, 0)
  const { items } = await cy.call<{ items: { id: string }[] }>('GET', '/me/credentials')
  await cy.addPasskey(new SoftwareAuthenticator(), 'second')
  await cy.act('DELETE', `/me/credentials/${items[0]?.id}`)
  await refusedWith(greet(file), /this certificate was ended/)
})

test('an attack: a stolen key whose end was asked for does not come in by the certificate over it', async () => {
  const di = await door.started.join(ana, 'di')
  const key = await door.addKey(di, 'stolen')
  await writeFile(`${key.file}-cert.pub`, (await issue(di, key.line)).line)
  const mine = await laptop(di)
  await ana.act('PUT', '/projects/work/members/user/di', { role: 'read' })
  const [program = '', ...args] = door.sshCommand(key)
  const request = ['git@localhost', "git-upload-pack 'work/one.git'"]
  const open = begin(program, [...args, ...request], { cwd: door.started.folder, env: door.env(key) })
  await open.seen(/refs\/heads\/topic/)
  await di.act('DELETE', `/me/ssh-keys/${key.id}`)
  assert.notEqual((await open.ended).code, 0)
  await refusedWith(greet(key.file), /this certificate was ended/)
  assert.equal((await greet(mine.file)).code, 0, 'that over another key stays')
})

test('certificates that do not hold let nobody in, each with its sentence', async () => {
  const key = new TestSshKey('ssh-ed25519')
  const issued = await issue(ana, key.line)
  const real = parseSshCertificate(bytesOf(issued.line))
  const authority = await ownAuthority(door.started)
  await using agent = await startSshAgent()
  const attempt = (certificate: Buffer, holder = key): Promise<Ran> => {
    agent.held = [{ key: holder, certificate }]
    return door.ssh({ agent: agent.socket }, '-T')
  }
  /** The same certificate by the real authority, with something else in it. */
  const forge = (
    changes: Partial<CertificateToIssue>,
    signer: Pick<CertificateAuthority, 'publicKey' | 'sign'> = authority,
  ) => issueCertificate({ ...wantedOf(real), publicKey: key.publicKey, ...changes }, signer)

  assert.equal((await attempt(bytesOf(issued.line))).code, 0, 'the real one is good')
  assert.equal((await attempt(forge({}))).code, 0, 'and what the authority signs again')
  const past = { validAfter: 1n, validBefore: 2n }
  const future = BigInt(Math.floor(Date.now() / 1000) + 1_000)
  await refusedWith(attempt(forge(past)), /this certificate has expired/)
  await refusedWith(attempt(forge({ validAfter: future, validBefore: future + 10n })), /is not valid yet/)
  await refusedWith(attempt(forge({ principals: ['bo@localhost'] })), /is not for ana@localhost/)
  await refusedWith(attempt(forge({ principals: [] })), /is not for ana@localhost/)
  await refusedWith(attempt(forge({ serial: 1_000_000n })), /nothing is known of this certificate/)
  await refusedWith(attempt(forge({ serial: 2n ** 64n - 1n })), /nothing is known of this certificate/)
  await refusedWith(attempt(forge({ keyId: 'ana@localhost sct_other' })), /nothing is known of this certificate/)
  const other = new TestSshKey('ssh-ed25519')
  const otherAuthority = {
    publicKey: other.publicKey,
    sign: (bytes: Buffer) => Buffer.concat([string('ssh-ed25519'), string(sign(null, bytes, other.privateKey))]),
  }
  await refusedWith(attempt(forge({}, otherAuthority)), /Permission denied/)
  // As from our authority, signed by another: stock ssh does not even offer it.
  const pretended = forge({}, { publicKey: authority.publicKey, sign: otherAuthority.sign })
  await refusedWith(attempt(pretended), /Permission denied/)
  const { database, policy, now } = door.started.postern.ceremonies
  const source = createCertificateSource({
    database,
    policy,
    authority: await ownAuthority(door.started),
    host: 'localhost',
  })
  const shown = { publicKey: key.publicKey, fingerprint: key.fingerprint, type: key.type, touch: null }
  const login = { user: 'git', address: '127.0.0.1' }
  // Nor does it leave a trace: anybody could make as many as they like.
  const foreign = forge({}, otherAuthority)
  for (const certificate of [pretended, foreign])
    assert.equal(await source.find({ ...shown, certificate }, login, now()), undefined)
  const thief = new TestSshKey('ssh-ed25519')
  await refusedWith(attempt(forge({ publicKey: thief.publicKey }), thief), /nothing is known of this certificate/)
  await refusedWith(attempt(rebuilt(real, { kind: 2 }, authority)), /is the certificate of a host/)
  for (const [name, sentence] of [
    ['force-command', /asks for force-command/],
    ['source-address', /may not be used from/],
    ['verify-required', /asks for the PIN/],
    ['postern-unknown@example.com', /asks for postern-unknown/],
  ] as const)
    await refusedWith(attempt(rebuilt(real, { options: [[name, '10.0.0.1']] }, authority)), sentence)
  assert.equal((await attempt(rebuilt(real, { options: [] }, authority))).code, 0, 'only that was wrong')
})

test('a security key’s certificate counts when it was touched, and rules see that it is one', async () => {
  const key = new TestSshKey('sk-ssh-ed25519@openssh.com')
  const { line } = await issue(ana, key.line)
  await using agent = await startSshAgent()
  agent.held = [{ key, certificate: bytesOf(line) }]
  const come = (): Promise<Ran> => door.ssh({ agent: agent.socket }, '-T')
  assert.equal((await come()).code, 0)
  key.presence = false
  await refusedWith(come(), /nobody touched the security key/)
  const { leaf } = await door.started.postern.ceremonies.database.read
    .selectFrom('auditEvent')
    .select('leaf')
    .where('action', '=', 'ssh.refused')
    .where('targetId', '=', key.fingerprint)
    .executeTakeFirstOrThrow()
  const { facts } = JSON.parse(leaf) as { facts: Record<string, unknown> }
  assert.deepEqual([facts['touch'], facts['counter'], facts['code']], ['none', 2, 'certificate-refused'])
  key.presence = true

  const { file } = await laptop(ana)
  await setRules(ana, [
    {
      id: 'hardware-ssh',
      title: 'Only hardware keys over SSH',
      mode: 'enforce',
      who: ['everyone'],
      does: ['ssh.use'],
      requires: { models: { allow: ['hardware-key'] } },
    },
  ])
  await refusedWith(greet(file), /Only hardware keys over SSH/)
  assert.equal((await come()).code, 0)
  await setRules(ana, [])
})

test('a push counts from the tap that made the certificate; a PIN on its security key is a tap of its own', async () => {
  const held = await makeHeld(door.started, ana, 'payments/api')
  await held.git('remote', 'add', 'ssh', door.url('payments/api'))
  await held.git('switch', '--quiet', '--create', 'release/1')
  await setRules(ana, [shipped('tap-to-push', { requires: { freshnessSeconds: 1800 } })])
  const [file, stick] = [new TestSshKey('ssh-ed25519'), new TestSshKey('sk-ssh-ed25519@openssh.com')]
  await using agent = await startSshAgent()
  const certified = new Map<TestSshKey, Buffer>()
  for (const key of [file, stick]) certified.set(key, bytesOf((await issue(ana, key.line)).line))
  const push = (key: TestSshKey) => {
    agent.held = [{ key, certificate: certified.get(key) ?? assert.fail() }]
    return startPush(held.work, held.token, ['ssh', 'release/1'], {
      GIT_SSH_COMMAND: door.sshCommand({ agent: agent.socket }).join(' '),
      SSH_AUTH_SOCK: agent.socket,
    })
  }
  const commit = async (name: string): Promise<string> => {
    await writeFile(join(held.work, name), name)
    return held.commit(name)
  }
  const lands = async (key: TestSshKey, name: string): Promise<void> => {
    const oid = await commit(name)
    const { code, screen } = await push(key).ended
    assert.equal(code, 0, screen)
    assert.equal(await held.tip('release/1'), oid)
  }
  const waits = async (key: TestSshKey, name: string): Promise<void> => {
    await commit(name)
    const waiting = push(key)
    const { id } = await requestOf(waiting, ana)
    await waiting.seen(/must have tapped within the last/)
    await ana.call('POST', `/seal-requests/${id}/refuse`)
    assert.notEqual((await waiting.ended).code, 0)
  }
  await lands(file, 'fresh.txt')
  const { database, now } = door.started.postern.ceremonies
  const hourAgo = now() - 3_600_000
  await database.write((tx) => tx.updateTable('sshCertificate').set({ tappedAt: hourAgo }).execute())
  await waits(file, 'stale.txt')
  // Touched, and no more: that is less than the tap was.
  await waits(stick, 'touched.txt')
  stick.verification = true
  await lands(stick, 'pin.txt')
  await setRules(ana, [])
})
