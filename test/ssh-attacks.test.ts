import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { access, chmod, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { string, u32 } from '../src/protocols/ssh/wire.ts'
import type { Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { connectRaw, connectUnproven, openSession } from './support/raw-ssh.ts'
import { startSshAgent } from './support/ssh-agent.ts'
import { openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'

// own-process: looks at the memory of its process

const CHANNEL_OPEN = 90
const CHANNEL_DATA = 94
const CHANNEL_CLOSE = 97
const CHANNEL_REQUEST = 98
const GLOBAL_REQUEST = 80

let door: SshDoor
let ana: Person
let held: Repository
let key: Awaited<ReturnType<SshDoor['addKey']>>
before(async () => {
  door = await openSshDoor()
  ana = await door.started.owner()
  held = await makeHeld(door.started, ana, 'payments/api')
  key = await door.addKey(ana, 'laptop')
})
after(() => door[Symbol.asyncDispose]())

/** A connection on which nothing has been said. */
async function half(): Promise<Socket> {
  const socket = connect({ port: door.port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const isClosed = async (socket: Socket): Promise<void> => {
  if (!socket.destroyed) await once(socket.resume(), 'close')
}

const works = async (): Promise<void> => {
  const { code, stderr } = await door.ssh(key, '-T')
  assert.equal(code, 0, stderr)
}

test('a thousand half-open connections keep a hundred places, and nobody else out', async () => {
  let closed = 0
  const { promise: refused, resolve } = Promise.withResolvers<void>()
  const sockets = Array.from({ length: 1_000 }, () =>
    connect({ port: door.port, host: '127.0.0.1' })
      .on('error', () => undefined)
      .resume()
      .once('close', () => {
        closed += 1
        if (closed === 900) resolve()
      }),
  )
  await refused
  try {
    // From another address, as everybody else.
    const [program = '', ...args] = door.sshCommand(key)
    const { code, stderr } = await run(program, [...args, '-b', '127.0.0.2', 'git@localhost', '-T'])
    assert.equal(code, 0, stderr)
    assert.equal(closed, 900)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
})

test('a version line without an end, and lines before it, close the connection', async () => {
  for (const bytes of [Buffer.alloc(64 * 1024, 'a'), Buffer.from('hello\r\n'), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
    const socket = await half()
    socket.write(bytes)
    await isClosed(socket)
  }
  const slow = await half()
  slow.on('data', () => undefined)
  for (let count = 0; count < 9_000 && !slow.destroyed; count += 100) {
    slow.write(Buffer.alloc(100, 'a'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await isClosed(slow)
})

test('a version line may come in pieces', async () => {
  const socket = (await half()).setNoDelay()
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  for (const piece of ['SSH-', '2.0', '-in', '-pie', 'ces\r', '\n']) {
    socket.write(piece)
    // The server, in this same process, reads it before the next is sent.
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
  while (!Buffer.concat(heard).includes('mlkem768x25519-sha256')) await once(socket, 'data')
  socket.destroy()
})

test('a packet of a hundred megabytes is refused by its length', async () => {
  const socket = await half()
  socket.write('SSH-2.0-attack\r\n')
  socket.write(u32(100 * 1024 ** 2))
  await isClosed(socket)
})

test('so is one within what was agreed on, by whatever cipher, and noise of that length', async () => {
  for (const cipher of ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'] as const) {
    const { client, closed } = await connectRaw(door.port, key.file, {
      algorithms: { kex: ['curve25519-sha256'], cipher: [cipher] },
    })
    const { _sock: socket } = client as unknown as { _sock: Socket }
    // Where the length is not hidden it is this one, and elsewhere what becomes of it when it is deciphered.
    socket.write(Buffer.concat([u32(100 * 1024 ** 2), randomBytes(64 * 1024)]))
    await closed
  }
  await works()
})

test('whoever has not proven who they are opens nothing, and is told so', async () => {
  const { heard, send, client } = await connectUnproven(door.port)
  send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string('session'), u32(0), u32(2 ** 21), u32(2 ** 15)]))
  const command = string("git-upload-pack 'payments/api.git'")
  send(Buffer.concat([Buffer.of(CHANNEL_REQUEST), u32(0), string('exec'), Buffer.of(1), command]))
  send(Buffer.concat([Buffer.of(GLOBAL_REQUEST), string('tcpip-forward'), Buffer.of(1), string('127.0.0.1'), u32(0)]))
  const over = once(client, 'close')
  await Promise.race([over, heard(/CHANNEL_OPEN_FAILURE/)])
  client.end()
  await over
  assert.equal(heard.lines(/CHANNEL_OPEN_CONFIRMATION|CHANNEL_DATA|REQUEST_SUCCESS|CHANNEL_SUCCESS/), 0)
  await works()
})

test('a storm of key exchanges is cut off', async () => {
  const { client, closed, rekey } = await connectRaw(door.port, key.file)
  let rekeys = 0
  client.on('handshake', () => {
    rekeys += 1
    rekey()
  })
  rekey()
  await closed
  assert.ok(rekeys <= 25, `${rekeys} key exchanges`)
  await works()
})

test('channels of other kinds, forwardings and unknown requests are refused, and nothing else happens', async () => {
  const said: string[] = []
  const { client, send } = await connectRaw(door.port, key.file, { debug: (line) => void said.push(line) })
  const counted = (pattern: RegExp): number => said.filter((line) => pattern.test(line)).length
  for (const type of [
    'x11',
    'direct-tcpip',
    'forwarded-tcpip',
    'direct-streamlocal@openssh.com',
    'auth-agent@openssh.com',
    'tun@openssh.com',
    '',
  ])
    send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string(type), u32(77), u32(2 ** 21), u32(2 ** 15), Buffer.alloc(40)]))
  for (const name of ['tcpip-forward', 'streamlocal-forward@openssh.com', 'hostkeys-prove-00@openssh.com', 'none'])
    send(Buffer.concat([Buffer.of(GLOBAL_REQUEST), string(name), Buffer.of(1), Buffer.alloc(40)]))
  send(Buffer.of(199))
  await assert.rejects(
    new Promise((resolve, reject) =>
      client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, (error) => (error === undefined ? resolve(0) : reject(error))),
    ),
  )
  await assert.rejects(
    new Promise((resolve, reject) =>
      client.forwardIn('127.0.0.1', 0, (error) => (error === undefined ? resolve(0) : reject(error))),
    ),
  )
  const channel = await openSession(client, 'id')
  const line: Buffer[] = []
  channel.stderr.on('data', (chunk: Buffer) => line.push(chunk))
  await once(channel.resume(), 'close')
  assert.equal(Buffer.concat(line).toString(), 'Only git fetch, clone and push run here, no other command.\n')
  // Each was answered before that, with one no.
  assert.deepEqual(
    [/Inbound: .*CHANNEL_OPEN_FAILURE/, /Inbound: .*(?<!CHANNEL_)REQUEST_FAILURE/, /OPEN_CONFIRMATION/].map(counted),
    [8, 5, 1],
  )
  client.end()
})

test('a terminal, a display, an agent and whatever else a session may ask for is refused, each with one no', async () => {
  const said: string[] = []
  const { client, send } = await connectRaw(door.port, key.file, { debug: (line) => void said.push(line) })
  const counted = (pattern: RegExp): number => said.filter((line) => pattern.test(line)).length
  send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string('session'), u32(500), u32(2 ** 21), u32(2 ** 15)]))
  const asks: [name: string, rest: Buffer][] = [
    ['pty-req', Buffer.concat([string('xterm'), Buffer.alloc(16), string('')])],
    ['x11-req', Buffer.concat([Buffer.of(0), string('MIT-MAGIC-COOKIE-1'), string('00'), u32(0)])],
    ['auth-agent-req@openssh.com', Buffer.alloc(0)],
    ['env', Buffer.concat([string('LD_PRELOAD'), string('/tmp/x.so')])],
    ['env', Buffer.concat([string('GIT_DIR'), string('/etc')])],
    ['signal', string('KILL')],
    ['nonsense@example.com', Buffer.alloc(40)],
    ['', Buffer.alloc(0)],
  ]
  for (const [name, rest] of asks)
    send(Buffer.concat([Buffer.of(CHANNEL_REQUEST), u32(0), string(name), Buffer.of(1), rest]))
  // What is heard of another session comes after all of that.
  const channel = await openSession(client, 'id')
  await once(channel.resume(), 'close')
  assert.deepEqual([/CHANNEL_FAILURE/, /CHANNEL_SUCCESS/].map(counted), [asks.length, 1])
  client.end()
})

test('ten sessions are open at once and no more, and unused ones wear a connection out', async () => {
  const { client, closed, send } = await connectRaw(door.port, key.file)
  const sessions = await Promise.all(
    Array.from({ length: 10 }, () => openSession(client, "git-receive-pack 'payments/api.git'")),
  )
  await assert.rejects(openSession(client, "git-upload-pack 'payments/api.git'"))
  for (const session of sessions) session.end(Buffer.from('0000'))
  await Promise.all(sessions.map((session) => once(session.resume(), 'close')))
  // Opened and closed without a word, faster than any answer: what ssh2 numbers them is known.
  for (let count = 0; count < 200; count++) {
    const id = 10 + count
    send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string('session'), u32(1_000 + count), u32(2 ** 21), u32(2 ** 15)]))
    send(Buffer.concat([Buffer.of(CHANNEL_CLOSE), u32(id)]))
  }
  await closed
  await works()
})

test('whoever sends more than the window allows is cut off', async () => {
  const { closed, send } = await connectRaw(door.port, key.file)
  // Greeted and closed by the server, and not by us: nothing takes these bytes.
  send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string('session'), u32(500), u32(2 ** 21), u32(2 ** 15)]))
  send(Buffer.concat([Buffer.of(CHANNEL_REQUEST), u32(0), string('shell'), Buffer.of(0)]))
  for (let count = 0; count < 100; count++)
    send(Buffer.concat([Buffer.of(CHANNEL_DATA), u32(0), string(Buffer.alloc(32 * 1024))]))
  await closed
  await works()
})

test('nothing of a command line reaches a shell or git’s options', async () => {
  const trace = join(door.started.folder, 'trace')
  for (const command of [
    `touch ${trace}`,
    `git-upload-pack 'payments/api.git'; touch ${trace}`,
    `git-upload-pack 'payments/api.git'\ntouch ${trace}`,
    `git-upload-pack "$(touch ${trace})/api.git"`,
    `git-upload-pack --upload-pack='touch ${trace}' 'payments/api.git'`,
    `git -c core.pager='touch ${trace}' upload-pack 'payments/api.git'`,
    "git-upload-pack '/etc'",
    "git-upload-pack '../payments/api.git'",
    "git-upload-archive 'payments/api.git'",
  ]) {
    const { code, stdout, stderr } = await door.ssh(key, command)
    assert.equal(code, 1, command)
    assert.match(stdout + stderr, /^[^\n]+\n$/, command)
  }
  await assert.rejects(access(trace))
})

test('what a client says about its environment changes nothing', async () => {
  const trace = join(door.started.folder, 'trace')
  const hook = join(door.started.folder, 'hook.sh')
  await writeFile(hook, `#!/bin/sh\ntouch ${trace}\nexec "$@"\n`)
  await chmod(hook, 0o755)
  const says = {
    GIT_DIR: '/etc',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'uploadpack.packObjectsHook',
    GIT_CONFIG_VALUE_0: hook,
    GIT_CONFIG_PARAMETERS: `'uploadpack.packObjectsHook=${hook}'`,
    GIT_TRACE: trace,
    GIT_EXEC_PATH: door.started.folder,
    LD_PRELOAD: hook,
    PATH: '/nowhere',
    GIT_PROTOCOL: `version=2:core.hooksPath=${door.started.folder}`,
  }
  const set = Object.entries(says).flatMap(([name, value]) => `${name}="${value.replaceAll("'", '')}"`)
  const [program = '', ...args] = door.sshCommand(key)
  const ssh = [program, ...args, '-o', `'SetEnv=${set.join(' ')}'`].join(' ')
  const env = { ...door.env(key), GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'ssh' }
  const cloned = await run('git', ['clone', '--quiet', door.url('payments/api'), 'by-environment'], {
    cwd: door.started.folder,
    env,
  })
  assert.equal(cloned.code, 0, cloned.stderr)
  await assert.rejects(access(trace))
})

test('an agent full of keys that nobody knows is asked for twenty and no more', async () => {
  await using agent = await startSshAgent(...Array.from({ length: 25 }, () => new TestSshKey('ssh-ed25519')))
  const { code, stderr } = await door.ssh({ agent: agent.socket }, '-T')
  assert.notEqual(code, 0)
  assert.match(stderr, /Your ssh offers too many keys\. Name the right one/)
  assert.deepEqual(agent.signed, [])
})

test('a key that nobody has added, a password and no proof at all do not come in', async () => {
  const stranger = await makeKeyFile(await door.folder('strangers'), 'stranger')
  const { code, stderr } = await door.ssh(stranger, '-T')
  assert.equal(code, 255)
  assert.match(stderr, /Permission denied \(publickey\)/)
  const authHandler = ['none', 'password', 'keyboard-interactive'] as const
  await assert.rejects(connectRaw(door.port, key.file, { password: 'secret', authHandler: [...authHandler] }))
})

test('a key that has ended, and the access of its person, cut what is open by it', async () => {
  const ben = await door.started.join(ana, 'ben')
  const first = await door.addKey(ben, 'first')
  const second = await door.addKey(ben, 'second')
  await ana.act('PUT', `${held.path}/members/user/ben`, { role: 'write' })
  const one = await connectRaw(door.port, first.file)
  const two = await connectRaw(door.port, second.file)
  await openSession(one.client, "git-upload-pack 'payments/api.git'")
  await openSession(two.client, "git-upload-pack 'payments/api.git'")
  await ben.act('DELETE', `/me/ssh-keys/${first.id}`)
  await one.closed
  await ana.act('POST', '/people/ben/end', { reason: 'left' })
  await two.closed
  for (const each of [first, second]) assert.equal((await door.ssh(each, '-T')).code, 255)
})

test('a push whose person ends in the middle of it is cut, and lands nothing', async () => {
  const eve = await door.started.join(ana, 'eve')
  const { file } = await door.addKey(eve, 'eve')
  await ana.act('PUT', `${held.path}/members/user/eve`, { role: 'write' })
  const oid = await held.commit('eve.txt')
  const pack = execFileSync('git', ['pack-objects', '--revs', '--stdout', '-q'], { cwd: held.work, input: `${oid}\n` })
  const push = async (name: string, meanwhile: (closed: Promise<void>) => Promise<unknown>): Promise<string> => {
    const { client, closed } = await connectRaw(door.port, file)
    const channel = await openSession(client, "git-receive-pack 'payments/api.git'")
    const heard: Buffer[] = []
    channel.on('data', (chunk: Buffer) => heard.push(chunk)).on('error', () => undefined)
    while (!Buffer.concat(heard).toString().endsWith('0000')) await once(channel, 'data')
    const command = encodePkt(`${'0'.repeat(40)} ${oid} refs/heads/${name}\0report-status`)
    channel.write(Buffer.concat([command, flushPkt, pack.subarray(0, -30)]))
    await meanwhile(closed)
    channel.end(pack.subarray(-30))
    await Promise.race([closed, once(channel, 'close')])
    client.destroy()
    return held.tip(name)
  }
  assert.equal(await push('whole', async () => undefined), oid)
  const end = (closed: Promise<void>) => Promise.all([closed, ana.act('POST', '/people/eve/end', { reason: 'left' })])
  assert.equal(await push('half', end), '')
})

test('one account has a hundred connections open and no more, and others come in', async () => {
  const [cy, dee] = [await door.started.join(ana, 'cy'), await door.started.join(ana, 'dee')]
  const [flooding, other] = [await door.addKey(cy, 'cy'), await door.addKey(dee, 'dee')]
  const open = await Promise.all(Array.from({ length: 100 }, () => connectRaw(door.port, flooding.file)))
  const refused = await door.ssh(flooding, '-T')
  assert.equal(refused.code, 255)
  assert.match(refused.stderr, /You have 100 connections open here, which is the most/)
  assert.equal((await door.ssh(other, '-T')).code, 0)
  open[0]?.client.destroy()
  await open[0]?.closed
  assert.equal((await door.ssh(flooding, '-T')).code, 0)
  for (const { client } of open) client.destroy()
})

/** What other connections have left behind counts for nothing. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

test('a client that promises to read everything and reads nothing costs a megabyte, not the repository', async () => {
  await writeFile(join(held.work, 'large.bin'), randomBytes(48 * 1024 ** 2))
  const oid = await held.commit('large.txt')
  await held.git('push', '--quiet', 'origin', 'main:refs/heads/large')
  const { client, send } = await connectRaw(door.port, key.file)
  const before = process.memoryUsage().arrayBuffers
  send(Buffer.concat([Buffer.of(CHANNEL_OPEN), string('session'), u32(500), u32(2 ** 32 - 1), u32(2 ** 15)]))
  const command = "git-upload-pack 'payments/api.git'"
  send(Buffer.concat([Buffer.of(CHANNEL_REQUEST), u32(0), string('exec'), Buffer.of(0), string(command)]))
  const asks = `0052want ${oid} side-band-64k ofs-delta no-progress\n00000009done\n`
  const line = asks.replace(/^0052/, (asks.indexOf('\n') + 1).toString(16).padStart(4, '0'))
  send(Buffer.concat([Buffer.of(CHANNEL_DATA), u32(0), string(line)]))
  // Sent, and nothing read from here on.
  await new Promise((resolve) => setImmediate(resolve))
  ;(client as unknown as { _sock: Socket })._sock.pause()
  // As long as another clone takes, the whole pack would have been gathered.
  const cloned = await door.git(key, door.started.folder, 'clone', '--quiet', door.url('payments/api'), 'whole')
  assert.equal(cloned.code, 0, cloned.stderr)
  collectGarbage()
  const grown = process.memoryUsage().arrayBuffers - before
  assert.ok(grown < 24 * 1024 ** 2, `${Math.round(grown / 1024 ** 2)} MB gathered`)
  client.destroy()
})
