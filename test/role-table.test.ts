import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { acts } from '../src/policy/acts.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { readPolicy } from './support/guardrails.ts'
import { blobOf, metadataFlags } from './support/metadata.ts'
import { ask, letIn, Program } from './support/oauth.ts'
import { makeProposing } from './support/proposed.ts'
import { addSshKey, newSshKeyBody } from './support/ssh-keys.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { showElsewhere, startForgedProvider } from './support/forged-provider.ts'
import { joinElsewhere, settings as place } from './support/upstream-settings.ts'

/**
 * Roles × acts, as the real server answers each of them, in one table that is reviewed as a diff: `UPDATE_TABLES=1 node
 * test/run.ts role-table` writes it anew. `tap`: asked for a tap bound to the act. `refused`: told why not. `hidden`: the
 * same answer as for nothing. `sign in`: nobody is known. `person`: not with a token.
 */
const file = join(import.meta.dirname, 'role-table.txt')
const words: Record<string, string> = {
  'seal-required': 'tap',
  'not-allowed': 'refused',
  'not-found': 'hidden',
  'sign-in-required': 'sign in',
  'person-required': 'person',
}

type Call = (who: Person, headers: Record<string, string>) => Promise<unknown>

test('who may do which act, and that each takes a tap', async () => {
  await using trusted = await metadataFlags()
  let ahead = 0
  await using postern = await startPostern({
    flags: [...trusted.flags, '--outbound-allow', '127.0.0.0/8'],
    now: () => Date.now() + ahead,
  })
  const owner = await postern.owner('owner')
  const repository = await makeProposing(postern, owner, 'pay/api')
  const people: Record<string, Person> = { owner }
  for (const [name, role] of Object.entries({ admin: 'admin', keeper: 'member', writer: 'member', reader: 'member' }))
    people[name] = await postern.join(owner, name === 'admin' ? 'adam' : name, role)
  people['member'] = await postern.join(owner, 'mel')
  people['guest'] = await postern.join(owner, 'gus', 'guest')
  await postern.join(owner, 'target')
  await postern.join(owner, 'gone')
  await owner.act('POST', '/people/gone/end', { reason: '' })
  await owner.act('POST', '/agents', { username: 'bot', displayName: 'Bot' })
  await owner.call('POST', '/projects', { name: 'empty', description: '' })
  for (const project of ['pay', 'empty'])
    for (const [name, role] of Object.entries({ keeper: 'admin', writer: 'write', reader: 'read' }))
      await owner.act('PUT', `/projects/${project}/members/user/${name}`, { role })
  await owner.act('POST', '/groups', { name: 'crew', description: '' })
  await owner.act('PUT', '/groups/crew/members/target', {})
  const newDirectory = { name: 'Okta', kind: 'okta', tokenDays: 30 }
  await owner.act('POST', '/directory/connections', newDirectory)
  const number = await repository.propose('change')
  for (const person of Object.values(people)) await person.addPasskey(new SoftwareAuthenticator(), 'second')
  for (const person of Object.values(people)) await person.makeToken('own', ['account:read'])
  for (const person of Object.values(people)) await addSshKey(person, new TestSshKey('ssh-ed25519'))
  const foreignKey = await newSshKeyBody(owner, new TestSshKey('ssh-ed25519'))
  for (const person of Object.values(people)) await letIn(person)
  const token = await owner.makeToken('strong', ['repository:write', 'account:read'])

  await using forged = await startForgedProvider()
  await using other = await startForgedProvider()
  const provider = await owner.act<{ id: string }>('POST', '/directory/providers', { ...place, issuer: forged.issuer })
  for (const person of Object.values(people)) await joinElsewhere(postern, person, provider.id)

  const domain = await makeClaim(postern, owner)
  const firstOf = async (who: Person, path: string): Promise<string> => {
    const { items } = await who.call<{ items: { id: string }[] }>('GET', path).catch(() => ({ items: [] }))
    return items.at(-1)?.id ?? 'none'
  }
  const newKey = async (who: Person) => {
    type Options = Parameters<SoftwareAuthenticator['create']>[0]
    const begun = await who
      .call<{ ceremonyId: string; publicKey: Options }>('POST', '/me/credentials/begin', {})
      .catch(() => undefined)
    const response = begun && new SoftwareAuthenticator().create(begun.publicKey, postern.origin)
    return { ceremonyId: begun?.ceremonyId ?? '', response: response ?? {}, name: 'third' }
  }
  const { policy, version: basedOn } = await readPolicy(owner)
  const people1 = await owner.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>('GET', '/people')
  const unendorsed = people1.items.find(({ username }) => username === 'target')?.unendorsed[0]?.id
  const there = '/projects/pay/repositories/api'
  const { headOid } = await owner.call<{ headOid: string }>('GET', `${there}/pull-requests/${number}`)
  // A squash goes past this rule; the owner made one, which somebody else has to look at.
  const rule = { ...firstRule, methods: ['merge'], bypass: ['repository-role:admin'] }
  await owner.act('PUT', `${there}/protected-branches/main/rule`, rule)
  const pastRule = { method: 'squash', bypass: { reason: 'To have one in the table.' } }
  const passed = await repository.propose('passed')
  await owner.act('POST', `${there}/pull-requests/${passed}/merge`, pastRule)
  const newDeployKey = { name: 'builds', access: 'read', expiresInDays: 30, rotation: null }
  const sshKeys = [newSshKey(), newSshKey()]
  await owner.act('POST', `${there}/deploy-keys`, { ...newDeployKey, publicKey: sshKeys[0] })
  const newPipeline = {
    name: 'build',
    shape: 'github',
    issuer: 'https://token.actions.githubusercontent.com',
    audience: 'here',
    conditions: [{ claim: 'repository', value: 'acme/api' }],
    access: 'read',
    lifetimeMinutes: 30,
    runHours: 6,
    keys: null,
  }
  const newApplication = {
    kind: 'openid',
    slug: 'wiki',
    name: 'Wiki',
    description: '',
    recipe: null,
    launchUrl: null,
    audience: 'members',
    groups: [],
    strength: null,
    settings: { redirectUris: ['https://wiki.example/callback'] },
  }
  const newToken = { name: 'x', scopes: ['account:read'], repositoryIds: null, expiresInDays: 1 }
  const calls: Record<string, Call> = {
    merge: (who, headers) =>
      who.call('POST', `${there}/pull-requests/${number}/merge-preparation`, { method: 'merge' }, headers),
    // The owner proposed it, and nobody approves their own work.
    approve: async (who, headers) => {
      const review = { verdict: 'approved', body: '', headOid }
      const path = `${there}/pull-requests/${number}/reviews`
      const made = await who.call<{ sealRequest: { id: string } }>('POST', path, review, headers)
      return { sealRequestId: made.sealRequest.id }
    },
    tag: (who, headers) => who.call('POST', `${there}/tags`, { name: 'v9', target: 'main', message: '' }, headers),
    bypass: (who, headers) => who.call('POST', `${there}/pull-requests/${number}/merge-preparation`, pastRule, headers),
    confirm: (who, headers) => who.call('POST', `${there}/pull-requests/${passed}/confirmation`, {}, headers),
    protect: (who, headers) => who.call('POST', `${there}/protected-branches/main/start-seal`, {}, headers),
    'credential.add': async (who, headers) => who.call('POST', '/me/credentials', await newKey(who), headers),
    'credential.rename': async (who, headers) =>
      who.call('PATCH', `/me/credentials/${await firstOf(who, '/me/credentials')}`, { name: 'n' }, headers),
    'credential.remove': async (who, headers) =>
      who.call('DELETE', `/me/credentials/${await firstOf(who, '/me/credentials')}`, undefined, headers),
    'credential.endorse': (who, headers) =>
      who.call('POST', `/people/target/credentials/${unendorsed}/endorse`, {}, headers),
    'token.create': (who, headers) => who.call('POST', '/me/tokens', newToken, headers),
    'token.end': async (who, headers) =>
      who.call('DELETE', `/me/tokens/${await firstOf(who, '/me/tokens')}`, undefined, headers),
    'oauth.authorise': async (who, headers) => {
      const uid = await ask(who, new Program(postern.origin).authUrl())
      return who.call('POST', `/authorisations/${uid}`, { repositoryIds: null }, headers)
    },
    'oauth.end': async (who, headers) =>
      who.call('DELETE', `/me/programs/${await firstOf(who, '/me/programs')}`, undefined, headers),
    'ssh-key.add': async (who, headers) => {
      const body = await newSshKeyBody(who, new TestSshKey('ssh-ed25519')).catch(() => foreignKey)
      return who.call('POST', '/me/ssh-keys', body, headers)
    },
    'ssh-key.end': async (who, headers) =>
      who.call('DELETE', `/me/ssh-keys/${await firstOf(who, '/me/ssh-keys')}`, undefined, headers),
    'certificate.issue': (who, headers) =>
      who.call('POST', '/me/ssh/certificates', { publicKey: newSshKey() }, headers),
    'connector.change': (who, headers) => who.call('POST', '/connectors', { name: 'cellar' }, headers),
    'agent.add': (who, headers) => who.call('POST', '/agents', { username: 'robot', displayName: 'Robot' }, headers),
    'agent.change': (who, headers) => who.call('PATCH', '/agents/bot', { owner: 'mel' }, headers),
    'person.add': (who, headers) => who.call('POST', '/people', { ...applicant('new'), role: 'member' }, headers),
    'person.end': (who, headers) => who.call('POST', '/people/target/end', { reason: '' }, headers),
    'person.restore': (who, headers) => who.call('POST', '/people/gone/restore', {}, headers),
    'person.import': (who, headers) =>
      who.call('POST', '/people/import', { format: 'csv', text: 'username,email\nlisted,listed@example.com' }, headers),
    'person.invite': (who, headers) =>
      who.call('POST', '/invitations', { emails: ['new@example.com'], role: 'member' }, headers),
    'person.change': (who, headers) => who.call('PATCH', '/people/target', { role: 'guest' }, headers),
    'guest.extend': (who, headers) => who.call('POST', '/people/gus/extend', {}, headers),
    'recovery.codes': (who, headers) => who.call('POST', '/me/recovery-codes', {}, headers),
    'person.recover': (who, headers) => who.call('POST', '/people/target/recovery', {}, headers),
    'recovery.cancel': (who, headers) => who.call('DELETE', '/recoveries/nothing', undefined, headers),
    'break-glass.make': (who, headers) => who.call('POST', '/break-glass', { username: 'owner' }, headers),
    'break-glass.review': (who, headers) =>
      who.call('POST', '/break-glass/nothing/review', { keepPasskey: false }, headers),
    'person.link': (who, headers) => who.call('POST', '/people/nobody/registration-link', {}, headers),
    'directory.connect': (who, headers) =>
      who.call('POST', '/directory/connections', { ...newDirectory, name: 'Entra' }, headers),
    'directory.change': async (who, headers) => {
      const one = await firstOf(who, '/directory/connections')
      return who.call('PATCH', `/directory/connections/${one}`, { name: 'Okta 2' }, headers)
    },
    'directory.disconnect': async (who, headers) => {
      const one = await firstOf(who, '/directory/connections')
      return who.call('DELETE', `/directory/connections/${one}`, { people: 'stay' }, headers)
    },
    'me.change': (who, headers) => who.call('PATCH', '/me', { displayName: 'Other' }, headers),
    'me.leave': (who, headers) => who.call('DELETE', '/me', undefined, headers),
    'domain.add': (who, headers) => who.call('POST', '/directory/domains', { name: 'new.example' }, headers),
    'domain.remove': (who, headers) => who.call('DELETE', domain.path, undefined, headers),
    'domain.claim': (who, headers) => who.call('POST', `${domain.path}/claims`, { usernames: ['mel'] }, headers),
    'domain.decide': (who, headers) =>
      who.call('POST', `${domain.path}/claims/${domain.claim}/decision`, { decision: 'let-go' }, headers),
    'group.create': (who, headers) => who.call('POST', '/groups', { name: 'other', description: '' }, headers),
    'group.change': (who, headers) => who.call('PATCH', '/groups/crew', { organisationRole: 'member' }, headers),
    'group.delete': (who, headers) => who.call('DELETE', '/groups/crew', undefined, headers),
    'group.member-add': (who, headers) => who.call('PUT', '/groups/crew/members/reader', {}, headers),
    'group.member-remove': (who, headers) => who.call('DELETE', '/groups/crew/members/target', undefined, headers),
    'application.change': (who, headers) => who.call('POST', '/applications', newApplication, headers),
    'provider.add': (who, headers) =>
      who.call('POST', '/directory/providers', { ...place, name: 'Other', domains: [], issuer: other.issuer }, headers),
    'provider.change': (who, headers) =>
      who.call('PATCH', `/directory/providers/${provider.id}`, { isShown: false }, headers),
    'provider.remove': (who, headers) => who.call('DELETE', `/directory/providers/${provider.id}`, undefined, headers),
    'identity.link': async (who, headers) => {
      const ticket = await showElsewhere(who, provider.id, forged).catch(() => 'none')
      return who.call('POST', '/me/external-identities', { ticket }, headers)
    },
    'identity.unlink': async (who, headers) =>
      who.call(
        'DELETE',
        `/me/external-identities/${await firstOf(who, '/me/external-identities')}`,
        undefined,
        headers,
      ),
    'member.grant': (who, headers) => who.call('PUT', `${there}/members/user/target`, { role: 'read' }, headers),
    'member.remove': (who, headers) => who.call('DELETE', '/projects/pay/members/user/reader', undefined, headers),
    'project.change': (who, headers) => who.call('PATCH', '/projects/pay', { description: 'x' }, headers),
    'project.delete': (who, headers) => who.call('DELETE', '/projects/empty', undefined, headers),
    'repository.change': (who, headers) => who.call('PATCH', there, { description: 'x' }, headers),
    'repository.delete': (who, headers) => who.call('DELETE', there, undefined, headers),
    'mirror.change': (who, headers) =>
      who.call('POST', `${there}/mirrors`, { url: 'https://203.0.114.1/api.git' }, headers),
    'branch.rule': (who, headers) =>
      who.call('PUT', `${there}/protected-branches/main/rule`, { ...firstRule, stockVerifiableOnly: false }, headers),
    'workload.change': (who, headers) => who.call('POST', `${there}/pipelines`, newPipeline, headers),
    'webhook.change': (who, headers) =>
      who.call('POST', `${there}/webhooks`, { url: 'https://1.1.1.1/', events: ['*'] }, headers),
    'deploy-key.add': (who, headers) =>
      who.call('POST', `${there}/deploy-keys`, { ...newDeployKey, publicKey: sshKeys[1] }, headers),
    'deploy-key.change': async (who, headers) => {
      const path = `${there}/deploy-keys`
      return who.call('PATCH', `${path}/${await firstOf(who, path)}`, { name: 'other' }, headers)
    },
    'deploy-key.end': async (who, headers) => {
      const path = `${there}/deploy-keys`
      return who.call('DELETE', `${path}/${await firstOf(who, path)}`, undefined, headers)
    },
    'guardrail.change': (who, headers) => who.call('PUT', '/policy', { basedOn, policy }, headers),
    'metadata.import': (who, headers) => who.call('POST', '/metadata', { blob: blobOf([]) }, headers),
    'ledger.export': (who, headers) => who.call('POST', '/audit/export', { from: 0, to: 1 }, headers),
    'setting.change': (who, headers) => who.call('PUT', '/settings/guestDays', { value: 30 }, headers),
    'demo.remove': (who, headers) => who.call('DELETE', '/demo', undefined, headers),
  }
  const judged = new Set([
    'sign-in',
    'registration',
    'session',
    'token.use',
    'ssh.use',
    'application.use',
    'application.call',
    'push',
    'guardrail.approve',
    'agent.permit',
  ])
  assert.deepEqual(
    Object.keys(calls).sort(),
    Object.keys(acts)
      .filter((act) => !judged.has(act))
      .sort(),
  )

  const columns: [string, Person, Record<string, string>][] = [
    ...Object.entries(people).map(([name, person]): [string, Person, Record<string, string>] => [name, person, {}]),
    ['token', postern.stranger(), { authorization: `Bearer ${token}` }],
    ['nobody', postern.stranger(), {}],
  ]
  const lines = [['act', ...columns.map(([name]) => name)]]
  for (const [act, call] of Object.entries(calls)) {
    const cells: string[] = []
    for (const [, person, headers] of columns) {
      // Whoever is about to merge holds the branch for a minute.
      ahead += 61_000
      cells.push(await answerOf(call(person, headers)))
    }
    lines.push([act, ...cells])
  }
  const table = `${lines.map(([act = '', ...cells]) => `${act.padEnd(22)}${cells.map((cell) => cell.padEnd(9)).join('')}`.trimEnd()).join('\n')}\n`
  // What asks first says the same to whoever does not ask.
  ahead += 61_000
  for (const [path, body] of [
    [`pull-requests/${number}/merge`, { method: 'merge' }],
    [`pull-requests/${number}/merge`, pastRule],
    ['protected-branches/main/start', {}],
  ] as const)
    assert.equal(await answerOf(owner.call('POST', `${there}/${path}`, body)), 'tap', path)
  if (process.env['UPDATE_TABLES'] !== undefined) writeFileSync(file, table)
  assert.equal(table, readFileSync(file, 'utf8'))
})

/** RFC 9470 §3: how strong the proof must be, and how old it may be. A tap bound to the act is of no age. */
function isChallenge({ status, challenge, problem }: ApiError): void {
  assert.equal(status, 401)
  assert.match(problem.sealRequestId ?? problem.help ?? '', /^srq_|start-seal/)
  assert.match(
    challenge ?? '',
    /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="phr phrh", max_age="0"$/,
  )
}

async function answerOf(call: Promise<unknown>): Promise<string> {
  try {
    const answer = await call
    // Merging, approving and starting a protection ask first, and say which statement then waits.
    return typeof answer === 'object' && answer !== null && 'sealRequestId' in answer ? 'tap' : 'done'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.problem.code === 'seal-required') isChallenge(error)
    return words[error.problem.code] ?? error.problem.code
  }
}

/** A domain that counts as verified, and somebody at it who was told. */
async function makeClaim(postern: StartedPostern, owner: Person): Promise<{ path: string; claim: string }> {
  const { id } = await owner.act<{ id: string }>('POST', '/directory/domains', { name: 'example.com' })
  const { database } = postern.postern.ceremonies
  await database.write(async (tx) => {
    await tx.updateTable('domain').set({ state: 'verified' }).execute()
    await tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('username', '=', 'target').execute()
  })
  const path = `/directory/domains/${id}`
  await owner.act('POST', `${path}/claims`, { usernames: ['target'] })
  const claim = await database.read.selectFrom('domainClaim').select('id').executeTakeFirstOrThrow()
  return { path, claim: claim.id }
}
