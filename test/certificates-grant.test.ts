import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CertificateIssued, CertificateView } from '../src/access-keys/certificates/shapes.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { gitScopes, letIn, Program } from './support/oauth.ts'
import { openSshDoor, type SshDoor } from './support/ssh-door.ts'
import { makeKeyFile } from './support/ssh-key-files.ts'
import { newSshKey } from './support/ssh-key-line.ts'

let door: SshDoor
let ana: Person
let origin: string
let laterMs = 0
before(async () => {
  door = await openSshDoor([], { now: () => Date.now() + laterMs })
  origin = door.started.origin
  ana = await door.started.owner()
  await ana.call('POST', '/projects', { name: 'work', description: '' })
  for (const name of ['one', 'two'])
    await ana.call('POST', '/projects/work/repositories', { name, description: '', visibility: 'private' })
})
after(() => door[Symbol.asyncDispose]())

const ours = () => new Program(origin, 'postern-cli', 'http://127.0.0.1:54321/callback')
const scope = `${gitScopes} ssh:certificate`

async function token(wanted: { scope?: string; repositoryIds?: string[] | null } = {}): Promise<string> {
  return (await letIn(ana, ours(), { scope, ...wanted })).access_token
}

const issue = (bearer: string, publicKey = newSshKey()): Promise<CertificateIssued> =>
  door.started
    .stranger()
    .call('POST', '/ssh/certificates', { publicKey, hours: 1 }, { authorization: `Bearer ${bearer}` })

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => assert.fail('it was let through'),
    (thrown: unknown) => thrown,
  )
  return error instanceof ApiError ? error : assert.fail(String(error))
}

async function laptop(bearer: string): Promise<{ file: string; issued: CertificateIssued }> {
  const key = await makeKeyFile(await door.folder('laptop'), `key-${Math.random().toString(36).slice(2)}`)
  const issued = await issue(bearer, key.line)
  await writeFile(`${key.file}-cert.pub`, issued.line)
  return { file: key.file, issued }
}

test('the tap that let a program in makes one certificate, and no second one', async () => {
  const bearer = await token()
  const { certificate } = await issue(bearer)
  assert.equal(certificate.program, 'Postern’s command line')
  assert.equal((await refusal(issue(bearer))).problem.code, 'certificate-made')
  const both = await token()
  const raced = await Promise.allSettled([issue(both), issue(both), issue(both)])
  assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a key that is refused uses nothing up', async () => {
  const bearer = await token()
  assert.equal((await refusal(issue(bearer, 'ssh-ed25519 AAAA'))).status, 422)
  await issue(bearer)
})

test('without the scope, or of another program, there is none', async () => {
  const without = await refusal(issue(await token({ scope: gitScopes })))
  assert.deepEqual([without.status, without.problem.code], [403, 'not-allowed'])
  const stock = (await letIn(ana, new Program(origin), { scope: gitScopes })).access_token
  assert.equal((await refusal(issue(stock))).status, 403)
})

test('the tap is for a certificate of now: a program that comes back later gets none', async () => {
  const bearer = await token()
  laterMs = 11 * 60_000
  const late = await refusal(issue(bearer))
  laterMs = 0
  assert.match(late.problem.title, /too long ago/)
})

test('it is good for what the program was given, and no more', async () => {
  const { id } = await ana.call<{ id: string }>('GET', '/projects/work/repositories/one')
  const { file } = await laptop(await token({ scope: 'repository:read ssh:certificate', repositoryIds: [id] }))
  const folder = await door.folder('given')
  const cloned = await door.git({ file }, folder, 'clone', '--quiet', door.url('work/one'))
  assert.equal(cloned.code, 0, cloned.stderr)
  const other = await door.git({ file }, folder, 'clone', '--quiet', door.url('work/two'))
  assert.match(other.stderr, /does not exist, or you may not see it/)
  const work = join(folder, 'one')
  await door.git({ file }, work, 'commit', '--allow-empty', '--quiet', '-m', 'x')
  const pushed = await door.git({ file }, work, 'push', 'origin', 'HEAD:refs/heads/x')
  assert.notEqual(pushed.code, 0)
  assert.match(pushed.stderr, /repository:write/)
})

test('the rules for certificates are asked about the tap behind the authorisation', async () => {
  await setRules(ana, [
    {
      id: 'verified-certificates',
      title: 'Certificates take a verified key',
      mode: 'enforce',
      who: ['everyone'],
      does: ['certificate.issue'],
      requires: { strength: 'attested' },
    },
  ])
  const refused = await refusal(issue(await token()))
  await setRules(ana, [])
  assert.match(refused.problem.title, /Certificates take a verified key/)
})

test('it ends with the program', async () => {
  const { file, issued } = await laptop(await token())
  assert.equal((await door.ssh({ file }, '-T')).code, 0)
  const { items } = await ana.call<{ items: { id: string; program: string }[] }>('GET', '/me/programs')
  await ana.act('DELETE', `/me/programs/${items[0]?.id}`)
  const { stderr } = await door.ssh({ file }, '-T')
  assert.match(stderr, /this certificate was ended/)
  const list = await ana.call<{ items: CertificateView[] }>('GET', '/me/ssh/certificates')
  assert.ok(list.items.every(({ id }) => id !== issued.certificate.id))
})
