import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import type { CertificateView } from '../src/access-keys/certificates/shapes.ts'
import { buildClient } from '../src/commands/bundles.ts'
import { lockName, withLock } from '../src/client/lock.ts'
import { login } from '../src/client/login.ts'
import { logout } from '../src/client/logout.ts'
import { getEndpoints, refreshTokens } from '../src/client/oauth.ts'
import { parsePlace } from '../src/client/place.ts'
import { loadTokens, saveTokens } from '../src/client/token-store.ts'
import { parseSshCertificate } from '../src/protocols/ssh/certificate.ts'
import type { Person } from '../src/walk/person.ts'
import { openSshDoor, run, type SshDoor } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'
import { openTerminal, tapsWhenAsked, type Terminal } from './support/terminal.ts'

/** It runs on people's machines, with what Node they have. */
function skipOf(node: string): string | false {
  const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return status === 0 && Number.parseInt(stdout, 10) >= 20 ? false : 'no Node of at least 20 there'
}

let door: SshDoor
let ana: Person
let terminal: Terminal
let origin: string
before(async () => {
  door = await openSshDoor()
  ana = await door.started.owner()
  origin = door.started.origin
})
after(() => door[Symbol.asyncDispose]())
beforeEach(async (context) => {
  terminal = await openTerminal()
  if ('after' in context) context.after(() => terminal[Symbol.asyncDispose]())
})

const list = async (): Promise<CertificateView[]> =>
  (await ana.call<{ items: CertificateView[] }>('GET', '/me/ssh/certificates')).items
const parse = (line: string) => parseSshCertificate(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
const signedIn = (...args: string[]) => terminal.run((parts) => login([origin, ...args], parts), tapsWhenAsked(ana))
/** Real ssh, with nothing but what `postern login` has written. */
const ssh = () =>
  run('ssh', ['-F', join(terminal.home, '.ssh', 'config'), '-o', 'BatchMode=yes', '-T', 'git@localhost'], {
    env: terminal.env,
  })

test('one tap, and real ssh comes in by what was written for it', async () => {
  const { code, err } = await signedIn('--write-config')
  assert.equal(code, 0, err)
  assert.match(err, /You have an SSH certificate for ana@localhost until /)
  assert.match(err, /Try it: ssh -T git@localhost/)
  const came = await ssh()
  assert.equal(came.code, 0, came.stderr)
  const [certificate] = await list()
  assert.equal(certificate?.program, 'Postern’s command line')
  assert.notEqual(certificate?.lastUsedAt, null)

  // What is secret is for its owner alone.
  const folder = join(terminal.home, '.config', 'postern')
  for (const path of ['', parsePlace(origin).name])
    assert.equal((await stat(join(folder, path))).mode & 0o777, 0o700, path)
  for (const name of ['id_ed25519', 'id_ed25519-cert.pub', 'tokens.json', 'ssh_config', 'known_hosts']) {
    const file = join(folder, parsePlace(origin).name, name)
    assert.equal((await stat(file)).mode & 0o777, 0o600, name)
  }
})

test('the next time the address is known, the key stays, and what was before ends', async () => {
  assert.equal((await signedIn()).code, 0)
  const key = await terminal.kept(origin, 'id_ed25519.pub')
  const [first] = await list()
  const { code, err } = await terminal.run((parts) => login(['--hours', '2'], parts), tapsWhenAsked(ana))
  assert.equal(code, 0, err)
  assert.equal(await terminal.kept(origin, 'id_ed25519.pub'), key)
  const certificates = await list()
  assert.ok(!certificates.some(({ id }) => id === first?.id), 'the former program is out, and its certificate with it')
  const { validAfter, validBefore } = parse(await terminal.kept(origin, 'id_ed25519-cert.pub'))
  assert.ok(validBefore - validAfter < 2n * 3600n + 120n)
})

test('half of a key, left by whatever went wrong, is made anew without a question', async () => {
  assert.equal((await signedIn('--write-config')).code, 0)
  await rm(join(terminal.home, '.config', 'postern', parsePlace(origin).name, 'id_ed25519.pub'))
  const { code, err } = await signedIn()
  assert.equal(code, 0, err)
  assert.equal((await ssh()).code, 0)
})

test('a config that is there keeps its place and its words, and the line comes once', async () => {
  const file = join(terminal.home, '.ssh', 'config')
  const former = 'Host other\n  Port 2222\n'
  await writeFile(file, former)
  const without = await signedIn()
  assert.match(without.err, /Put this line on top of ~\/\.ssh\/config/)
  assert.equal(await readFile(file, 'utf8'), former, 'nothing is written unasked')
  for (let times = 0; times < 2; times++) assert.equal((await signedIn('--write-config')).code, 0)
  assert.equal(
    await readFile(file, 'utf8'),
    `Include ${join(terminal.home, '.config', 'postern', '*', 'ssh_config')}\n\n${former}`,
  )
  const { stdout } = await run('ssh', ['-F', file, '-G', 'other'], { env: terminal.env })
  assert.match(stdout, /^port 2222$/m)
  assert.equal((await ssh()).code, 0)
})

test('a key of one’s own gets the certificate beside it', async () => {
  const key = await makeKeyFile(terminal.home, 'mine', '-t', 'ecdsa', '-b', '256')
  const { code, err } = await signedIn('--key', `${key.file}.pub`, '--write-config')
  assert.equal(code, 0, err)
  assert.equal(parse(await readFile(`${key.file}-cert.pub`, 'utf8')).type, 'ecdsa-sha2-nistp256-cert-v01@openssh.com')
  assert.equal((await ssh()).code, 0)
})

test('a running ssh-agent holds it until it ends', async () => {
  const started = await run('ssh-agent', ['-s'], { env: terminal.env })
  const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+);/.exec(started.stdout) ?? []
  const [, pid = ''] = /SSH_AGENT_PID=(\d+);/.exec(started.stdout) ?? []
  try {
    terminal.env['SSH_AUTH_SOCK'] = socket
    const { err } = await signedIn()
    assert.match(err, /It is in your ssh-agent until then/)
    const { stdout } = await run('ssh-add', ['-l'], { env: terminal.env })
    assert.match(stdout, /ED25519-CERT/)
    assert.equal((await terminal.run((parts) => logout([], parts))).code, 0)
    const after = await run('ssh-add', ['-l'], { env: terminal.env })
    assert.match(after.stdout, /no identities/)
  } finally {
    process.kill(Number(pid))
  }
})

test('logging out ends it at the server, and leaves nothing here', async () => {
  assert.equal((await signedIn('--write-config')).code, 0)
  const [certificate] = await list()
  const { code, err } = await terminal.run((parts) => logout([], parts))
  assert.deepEqual([code, err], [0, `You are signed out of ${origin} on this machine.\n`])
  assert.ok(!(await list()).some(({ id }) => id === certificate?.id))
  await assert.rejects(stat(join(terminal.home, '.config', 'postern', parsePlace(origin).name)))
  const { items } = await ana.call<{ items: { program: string }[] }>('GET', '/me/programs')
  assert.ok(items.every(({ program }) => program !== 'Postern’s command line') || items.length > 0)
})

test('logging out waits for whoever is signing in, and ends what they were given', async () => {
  assert.equal((await signedIn()).code, 0)
  const folder = join(terminal.home, '.config', 'postern', parsePlace(origin).name)
  const asked = Promise.withResolvers<void>()
  const before = await loadTokens(folder)
  assert.ok(before)
  const left = await withLock(join(folder, lockName), asked.reject, async () => {
    // What a git that renews its token does.
    const endpoints = await getEndpoints(parsePlace(origin))
    const leaving = terminal.run(
      (parts) => logout([], parts),
      () => asked.resolve(),
    )
    await asked.promise
    const renewed = await refreshTokens(endpoints, before.refreshToken, Date.now())
    assert.ok(renewed, 'it was ended under the hands of whoever renewed it')
    await saveTokens(folder, renewed)
    return { leaving, renewed, endpoints }
  })
  const { code, err } = await left.leaving
  assert.equal(code, 0, err)
  assert.match(err, /^Waiting for somebody who is signing in to the same server…\nYou are signed out of /)
  await assert.rejects(stat(folder))
  assert.equal(await refreshTokens(left.endpoints, left.renewed.refreshToken, Date.now()), undefined)
})

test('who logs out while a login waits for its tap takes nothing away that the login needs', async () => {
  assert.equal((await signedIn('--write-config')).code, 0)
  const tap = tapsWhenAsked(ana)
  let left: Promise<{ code: number }> | undefined
  const { code, err } = await terminal.run(
    (parts) => login([origin], parts),
    (said) => {
      if (!said.includes('/oidc/auth?')) return
      left ??= terminal.run((parts) => logout([origin], parts))
      void left.then(() => tap(said))
    },
  )
  assert.deepEqual([code, (await left)?.code], [0, 0], err)
  assert.equal((await ssh()).code, 0)
})

for (const [name, node] of [
  ['the Node of this project', process.execPath],
  ['the Node of the system', '/usr/bin/node'],
] as const)
  test(`the one file that the instance serves does the same under ${name}`, { skip: skipOf(node) }, async () => {
    const file = join(terminal.home, 'postern.mjs')
    await buildClient(file)
    const child = spawn(node, [file, 'login', origin, '--write-config'], {
      env: terminal.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    const taps = tapsWhenAsked(ana)
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      taps(said)
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    assert.equal(code, 0, said)
    assert.equal((await ssh()).code, 0)
  })

test('a browser is opened where there is one, with the very link that was printed', async () => {
  const [script, opened] = [join(terminal.home, 'browser'), join(terminal.home, 'opened')]
  await writeFile(script, `#!/bin/sh\nprintf %s "$1" >'${opened}.part' && mv '${opened}.part' '${opened}'\n`)
  await chmod(script, 0o700)
  terminal.env['BROWSER'] = script
  const { err } = await signedIn()
  const url = /^ {2}(http\S+)$/m.exec(err)?.[1]
  while ((await stat(opened).catch(() => undefined)) === undefined) await new Promise((done) => setImmediate(done))
  assert.equal(await readFile(opened, 'utf8'), url)
})

test('each way in which it cannot go on is one clear line, and nothing is left waiting', async () => {
  const says = async (args: string[], line: RegExp, person?: (said: string) => void): Promise<void> => {
    const { code, out, err } = await terminal.run((parts) => login(args, parts), person)
    assert.equal(code, 1, err)
    assert.equal(out, '')
    assert.match(err, line)
    assert.match(err, /postern login: [^\n]+\n[A-Z][^\n]+\n/, 'one line says what, the next what to do')
  }
  await says([], /^postern login: Which server\?/)
  await says(['http://git.example.com'], /does not use https, so nothing secret is sent there/)
  await says(['https://ana:pw@git.example.com'], /holds no name and no password/)
  await says(['https://not a host'], /is no address of a server/)
  await says(['http://127.0.0.1:9'], /does not answer/)
  await says([origin, '--hours', '0'], /whole number from 1 to 24/)
  await says([origin, '--nonsense'], /Unknown option '--nonsense'/)
  await says([origin, '--key', join(terminal.home, 'nowhere')], /There is no key at/)
  const programs = async (): Promise<number> =>
    (await ana.call<{ items: unknown[] }>('GET', '/me/programs')).items.length
  const before = await programs()
  await says([origin, '--hours', '24'], /8 hours at most/, tapsWhenAsked(ana))
  assert.equal(await programs(), before, 'what was let in for nothing is out again')
  const refuses = (said: string): void => {
    const asked = /redirect_uri=([^&\s]+)\S*&state=([^&\s]+)/.exec(said)
    if (asked !== null)
      void fetch(`${decodeURIComponent(asked[1] ?? '')}?error=access_denied&state=${asked[2]}`).catch(() => undefined)
  }
  await says([origin], /It was refused on the page/, refuses)
  const elsewhere = (said: string): void => {
    const asked = /redirect_uri=([^&\s]+)\S*&state=([^&\s]+)/.exec(said)
    const back = `${decodeURIComponent(asked?.[1] ?? '')}?code=x&iss=https%3A%2F%2Fevil.example&state=${asked?.[2]}`
    if (asked !== null) void fetch(back).catch(() => undefined)
  }
  await says([origin], /came from another server/, elsewhere)
})

test('another page of the browser that calls the port is answered with nothing', async () => {
  const answers: number[] = []
  const taps = tapsWhenAsked(ana)
  const guesses = (said: string): void => {
    const back = decodeURIComponent(/redirect_uri=([^&\s]+)/.exec(said)?.[1] ?? '')
    if (back === '' || answers.length > 0) return
    answers.push(0)
    void (async () => {
      // As many characters as the right one, and more bytes.
      const longer = `?state=${encodeURIComponent('é'.repeat(/state=([\w-]+)/.exec(said)?.[1]?.length ?? 0))}`
      for (const path of ['?code=stolen&state=guessed', '?code=stolen', '/more?code=x', '?state=', longer])
        answers.push((await fetch(`${back}${path}`)).status)
      answers.push((await fetch(back, { method: 'POST' })).status)
      taps(said)
    })()
  }
  const { code, err } = await terminal.run((parts) => login([origin], parts), guesses)
  assert.equal(code, 0, err)
  assert.deepEqual(answers, [0, 404, 404, 404, 404, 404, 404])
})

test('an instance whose SSH is at another host is believed once its person names that host', async () => {
  await using elsewhere = await openSshDoor(['--ssh-address', 'ssh.example.com:2222'])
  const person = await elsewhere.started.owner()
  const come = (...args: string[]) =>
    terminal.run((parts) => login([elsewhere.started.origin, ...args], parts), tapsWhenAsked(person))
  const refused = await come()
  assert.equal(refused.code, 1)
  assert.match(refused.err, /at ssh\.example\.com, .* run this again with: --ssh-host ssh\.example\.com/s)
  assert.equal((await come('--ssh-host', 'ssh.example.com')).code, 0)
  assert.match(await terminal.kept(elsewhere.started.origin, 'ssh_config'), /^Match host ssh\.example\.com user git$/m)
})

test('by a device code, for a machine without a browser', async () => {
  let isAsked = false
  const types = (said: string): void => {
    const code = /this code: (\S+)/.exec(said)?.[1]
    if (code === undefined || isAsked) return
    isAsked = true
    void allowDevice(ana, code)
  }
  const { code, err } = await terminal.run((parts) => login([origin, '--device'], parts), types)
  assert.equal(code, 0, err)
  assert.equal((await list()).length > 0, true)
})

async function allowDevice(person: Person, code: string): Promise<void> {
  await person.act('POST', '/device-authorisations', { userCode: code, repositoryIds: null })
}
