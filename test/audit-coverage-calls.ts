import assert from 'node:assert/strict'
import { type Id, newId } from '../src/database/id.ts'
import { keepPassword, untestedCap } from '../src/identity/passwords/password-logins.ts'
import { createRegistrationLink } from '../src/identity/registration-links.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { applicant, beginRegistration, beginSignIn, type Begun } from './support/ceremony.ts'
import { newPipeline } from './support/exchange.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { ask, letIn, Program } from './support/oauth.ts'
import { permission } from './support/passwords.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { askedByToken, askForTap } from './support/seal-request.ts'
import { newSshKey } from './support/ssh-key-line.ts'
import type { StartedPostern } from './support/start-postern.ts'
import { startWitness } from './support/witness.ts'

/** Calls that each do their act; the path names the route by its own parameters. */
type Call = (does: { ana: Person; bo: Person; postern: StartedPostern }, watch: Watch) => Promise<unknown>
type Watch = (
  person: Person,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<unknown>

const firstId = async (person: Person, path: string, at = 0): Promise<string> => {
  const { items } = await person.call<{ items: { id: string; isCurrent?: boolean }[] }>('GET', path)
  return items.filter(({ isCurrent }) => isCurrent !== true)[at]?.id ?? ''
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
const connections = '/directory/connections'
const webhooks = '/projects/payments/repositories/ledger/webhooks'
const deployKeys = '/projects/payments/repositories/ledger/deploy-keys'
const pipelines = '/projects/payments/repositories/ledger/pipelines'

/** What a device shows that asks to be let in. */
async function deviceCode({ origin }: Person): Promise<string> {
  const program = new Program(origin)
  const asked = { client_id: program.clientId, scope: 'repository:read' }
  return ((await (await program.post('/device/auth', asked)).json()) as { user_code: string }).user_code
}

/** The first tap on a passkey that a browser made beside a password. */
async function signInFirst({ ana, postern }: { ana: Person; postern: StartedPostern }, watch: Watch): Promise<void> {
  const { database, now } = postern.postern.ceremonies
  const mover = await postern.join(ana, 'mover')
  await ana.act('POST', '/groups', { name: 'movers', description: '' })
  await ana.act('PUT', '/groups/movers/members/mover', {})
  await setRules(ana, [permission(now() + 3_600_000)])
  const { id } = await mover.call<{ id: Id<'usr'> }>('GET', '/me')
  await database.write(async (tx) => {
    await tx.updateTable('credentialRecord').set({ strengthCap: untestedCap }).where('userId', '=', id).execute()
    await keepPassword(tx, { userId: id, hash: '', at: 0 })
  })
  const { ceremonyId, publicKey } = await beginSignIn(mover)
  const response = mover.authenticator.get(publicKey, postern.origin)
  await watch(mover, 'POST', '/sign-in/finish', { ceremonyId, response })
  await setRules(ana, [])
}

async function acceptInvitation({ ana, postern }: { ana: Person; postern: StartedPostern }, watch: Watch) {
  const invited = { emails: ['invited@example.com'], role: 'member' }
  const { items } = await ana.act<{ items: { link: string }[] }>('POST', '/invitations', invited)
  const [person, link] = [postern.stranger(), items[0]?.link ?? '']
  const { ceremonyId, publicKey } = await beginRegistration(person, link, 'invited')
  const response = person.authenticator.create(publicKey, postern.origin)
  await watch(person, 'POST', '/registration-links/finish', {
    token: new URL(link).hash.slice(1),
    ceremonyId,
    response,
  })
}

const domainPath = async (person: Person): Promise<string> =>
  `/directory/domains/${await firstId(person, '/directory/domains')}`

/** One that counts as verified without a name server. */
async function addDomain(owner: Person, { postern }: StartedPostern): Promise<void> {
  await owner.act('POST', '/directory/domains', { name: 'example.com' })
  await postern.ceremonies.database.write((tx) => tx.updateTable('domain').set({ state: 'verified' }).execute())
}

/** With the link of a letter, which no mail server carries here. */
async function registerThemselves(postern: StartedPostern, watch: Watch): Promise<void> {
  const { database, now } = postern.postern.ceremonies
  const at = now()
  const token = await database.write(async (tx) => {
    const set = { name: 'selfRegistration', value: 'true', changedAt: at, changedBy: newId('usr') }
    await tx.insertInto('setting').values(set).execute()
    const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: null, createdBy: null, at })
    const email = 'herself@example.com'
    const row = { id: newId('apl'), email, address: email, displayName: 'Herself', username: 'herself' }
    await tx
      .insertInto('applicant')
      .values({ ...row, linkId: link.id, createdAt: at })
      .execute()
    return link.token
  })
  const person = postern.stranger()
  const { ceremonyId, publicKey } = await beginRegistration(person, `${postern.origin}/#${token}`, 'herself')
  const response = person.authenticator.create(publicKey, postern.origin)
  await watch(person, 'POST', '/registration-links/finish', { token, ceremonyId, response })
}

/** One for each route that writes an event, in an order in which each can be carried out. */
export const auditedCalls: Record<string, Call> = {
  'POST /api/v1/registration-links/inspect': async ({ ana, postern }, watch) => {
    const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('inspected'), role: 'member' })
    return watch(postern.stranger(), 'POST', '/registration-links/inspect', { token: new URL(link).hash.slice(1) })
  },
  'POST /api/v1/registration-links/begin': async ({ ana, postern }, watch) => {
    const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('begun'), role: 'member' })
    return watch(postern.stranger(), 'POST', '/registration-links/begin', {
      token: new URL(link).hash.slice(1),
      ...applicant('begun'),
    })
  },
  'POST /api/v1/registration-links/finish': async ({ ana, postern }, watch) => {
    await acceptInvitation({ ana, postern }, watch)
    // Somebody has written their address before them.
    const early = await postern.join(ana, 'early')
    await early.act('PATCH', '/me', { email: 'herself@example.com' })
    await registerThemselves(postern, watch)
    const wanted = { ...applicant('finished'), role: 'member' }
    const { link, person: added } = await ana.act<{ link: string; person: { id: Id<'usr'> } }>(
      'POST',
      '/people',
      wanted,
    )
    // The password they brought ends with their first passkey.
    await postern.postern.ceremonies.database.write((tx) => keepPassword(tx, { userId: added.id, hash: '', at: 0 }))
    const person = postern.stranger()
    const { ceremonyId, publicKey } = await beginRegistration(person, link, 'finished')
    const response = person.authenticator.create(publicKey, postern.origin)
    return watch(person, 'POST', '/registration-links/finish', {
      token: new URL(link).hash.slice(1),
      ceremonyId,
      response,
    })
  },
  'PATCH /api/v1/me': async ({ ana, bo, postern }, watch) => {
    await addDomain(ana, postern)
    const confirmed = () =>
      postern.postern.ceremonies.database.write((tx) =>
        tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('username', '=', 'bo').execute(),
      )
    await confirmed()
    await ana.act('POST', `${await domainPath(ana)}/claims`, { usernames: ['bo'] })
    await watch(bo, 'PATCH', '/me', { email: 'bo@elsewhere.example' })
    await bo.act('PATCH', '/me', { email: 'bo@example.com' })
    await confirmed()
  },
  'POST /api/v1/directory/domains/:id/claims': async ({ ana }, watch) =>
    watch(ana, 'POST', `${await domainPath(ana)}/claims`, { usernames: ['bo'] }),
  'POST /api/v1/me/claims/:id/object': async ({ bo }, watch) => {
    const { items } = await bo.call<{ items: { id: string; state: string }[] }>('GET', '/me/claims')
    const open = items.find(({ state }) => state === 'noticed')?.id
    return watch(bo, 'POST', `/me/claims/${open}/object`, {})
  },
  'POST /api/v1/me/claims/:id/accept': async ({ bo }, watch) => {
    const { items } = await bo.call<{ items: { id: string; state: string }[] }>('GET', '/me/claims')
    const open = items.find(({ state }) => state === 'objected')?.id
    return watch(bo, 'POST', `/me/claims/${open}/accept`, {})
  },
  'DELETE /api/v1/directory/domains/:id': async ({ ana }, watch) => watch(ana, 'DELETE', await domainPath(ana)),
  'POST /api/v1/sign-in/begin': ({ postern }, watch) => watch(postern.stranger(), 'POST', '/sign-in/begin', {}),
  'POST /api/v1/sign-in/finish': async ({ ana, postern }, watch) => {
    await signInFirst({ ana, postern }, watch)
    for (const tampering of [{ flags: 0x01 }, { counter: 9 }, { counter: 3 }]) {
      const { ceremonyId, publicKey } = await ana.call<Begun<Parameters<SoftwareAuthenticator['get']>[0]>>(
        'POST',
        '/sign-in/begin',
        {},
      )
      const response = ana.authenticator.get(publicKey, postern.origin, tampering)
      await watch(ana, 'POST', '/sign-in/finish', { ceremonyId, response }).catch(onlyRefusals)
    }
  },
  'DELETE /api/v1/me/sessions/:id': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `/me/sessions/${await firstId(ana, '/me/sessions')}`),
  'DELETE /api/v1/me/sessions': ({ ana }, watch) => watch(ana, 'DELETE', '/me/sessions'),
  'POST /api/v1/me/credentials/begin': ({ ana }, watch) => watch(ana, 'POST', '/me/credentials/begin', {}),
  'POST /api/v1/me/credentials': async ({ bo, postern }, watch) => {
    const { ceremonyId, publicKey } = await bo.call<Begun<Parameters<SoftwareAuthenticator['create']>[0]>>(
      'POST',
      '/me/credentials/begin',
      {},
    )
    const response = new SoftwareAuthenticator().create(publicKey, postern.origin)
    return watch(bo, 'POST', '/me/credentials', { ceremonyId, response, name: 'second' })
  },
  'PATCH /api/v1/me/credentials/:id': async ({ bo }, watch) =>
    watch(bo, 'PATCH', `/me/credentials/${await firstId(bo, '/me/credentials')}`, { name: 'renamed' }),
  'DELETE /api/v1/me/credentials/:id': async ({ bo }, watch) =>
    watch(bo, 'DELETE', `/me/credentials/${await firstId(bo, '/me/credentials')}`),
  'POST /api/v1/me/tokens': ({ bo }, watch) =>
    watch(bo, 'POST', '/me/tokens', { name: 'ci', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 1 }),
  'POST /api/v1/authorisations/:uid': async ({ bo }, watch) => {
    const uid = await ask(bo, new Program(bo.origin).authUrl())
    return watch(bo, 'POST', `/authorisations/${uid}`, { repositoryIds: null })
  },
  'POST /api/v1/authorisations/:uid/refusal': async ({ bo }, watch) => {
    const uid = await ask(bo, new Program(bo.origin).authUrl())
    return watch(bo, 'POST', `/authorisations/${uid}/refusal`, {})
  },
  'POST /api/v1/device-authorisations': async ({ bo }, watch) =>
    watch(bo, 'POST', '/device-authorisations', { userCode: await deviceCode(bo), repositoryIds: null }),
  'POST /api/v1/device-authorisations/refusal': async ({ bo }, watch) =>
    watch(bo, 'POST', '/device-authorisations/refusal', { userCode: await deviceCode(bo) }),
  'DELETE /api/v1/me/programs/:id': async ({ bo }, watch) => {
    await letIn(bo)
    return watch(bo, 'DELETE', `/me/programs/${await firstId(bo, '/me/programs')}`)
  },
  'POST /api/v1/me/tokens/:id/rotate': async ({ ana }, watch) => {
    await ana.makeToken('turned')
    await watch(ana, 'POST', `/me/tokens/${await firstId(ana, '/me/tokens')}/rotate`, {
      expiresInDays: 7,
      overlapDays: 1,
    })
  },
  'POST /api/v1/tokens/revoke': async ({ ana, postern }, watch) =>
    watch(postern.stranger(), 'POST', '/tokens/revoke', { token: await ana.makeToken('found') }),
  'DELETE /api/v1/me/tokens/:id': async ({ bo, postern }, watch) => {
    const { items } = await bo.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
    await askForTap(postern, { of: 'bo', asked: await askedByToken(postern, items[0]?.name ?? '', '127.0.0.1') })
    return watch(bo, 'DELETE', `/me/tokens/${items[0]?.id}`)
  },
  'POST /api/v1/me/ssh/certificates': ({ bo }, watch) =>
    watch(bo, 'POST', '/me/ssh/certificates', { publicKey: newSshKey() }),
  'DELETE /api/v1/me/ssh/certificates/:id': async ({ bo }, watch) =>
    watch(bo, 'DELETE', `/me/ssh/certificates/${await firstId(bo, '/me/ssh/certificates')}`),
  'POST /api/v1/people': ({ ana }, watch) => watch(ana, 'POST', '/people', { ...applicant('added'), role: 'member' }),
  'PATCH /api/v1/people/:username': ({ ana }, watch) => watch(ana, 'PATCH', '/people/added', { role: 'guest' }),
  'POST /api/v1/people/:username/extend': async ({ ana, postern }, watch) => {
    await watch(ana, 'POST', '/people/added/extend', {})
    const { database, now } = postern.postern.ceremonies
    await database.write((tx) =>
      tx
        .updateTable('user')
        .set({ endsAt: now() - 1 })
        .where('username', '=', 'added')
        .execute(),
    )
    await postern.restart()
    while ((await ana.call<{ person: { state: string } }>('GET', '/people/added')).person.state !== 'ended')
      await new Promise((done) => setImmediate(done))
    await watch(ana, 'POST', '/people/added/extend', {})
  },
  'POST /api/v1/invitations': async ({ ana }, watch) => {
    for (const role of ['member', 'guest'])
      await watch(ana, 'POST', '/invitations', { emails: ['asked@example.com'], role })
  },
  'POST /api/v1/invitations/:id/resend': async ({ ana }, watch) =>
    watch(ana, 'POST', `/invitations/${await firstId(ana, '/invitations')}/resend`, {}),
  'DELETE /api/v1/invitations/:id': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `/invitations/${await firstId(ana, '/invitations')}`),
  'POST /api/v1/people/:username/registration-link': ({ ana }, watch) =>
    watch(ana, 'POST', '/people/added/registration-link', {}),
  'POST /api/v1/people/:username/credentials/:id/endorse': async ({ ana, bo }, watch) => {
    const { items } = await bo.call<{ items: { id: string }[] }>('GET', '/me/credentials')
    return watch(ana, 'POST', `/people/bo/credentials/${items[0]?.id}/endorse`, {})
  },
  'POST /api/v1/me/recovery-codes': ({ bo }, watch) => watch(bo, 'POST', '/me/recovery-codes', {}),
  'POST /api/v1/break-glass': ({ ana }, watch) => watch(ana, 'POST', '/break-glass', { username: 'ana' }),
  'POST /api/v1/people/:username/recovery': async ({ ana, postern }, watch) => {
    await postern.join(ana, 'lost')
    return watch(ana, 'POST', '/people/lost/recovery', {})
  },
  'DELETE /api/v1/recoveries/:id': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `/recoveries/${await firstId(ana, '/recoveries')}`),
  'POST /api/v1/directory/connections': ({ ana }, watch) =>
    watch(ana, 'POST', connections, { name: 'Okta', kind: 'okta', tokenDays: null }),
  'PATCH /api/v1/directory/connections/:id': async ({ ana }, watch) =>
    watch(ana, 'PATCH', `${connections}/${await firstId(ana, connections)}`, { name: 'Okta 2' }),
  'POST /api/v1/directory/connections/:id/token': async ({ ana }, watch) =>
    watch(ana, 'POST', `${connections}/${await firstId(ana, connections)}/token`, { tokenDays: 1 }),
  'POST /api/v1/applications': ({ ana }, watch) => watch(ana, 'POST', '/applications', newApplication),
  'PATCH /api/v1/applications/:slug': ({ ana }, watch) =>
    watch(ana, 'PATCH', '/applications/wiki', { audience: 'everyone' }),
  'POST /api/v1/applications/:slug/secret': ({ ana }, watch) => watch(ana, 'POST', '/applications/wiki/secret', {}),
  'DELETE /api/v1/applications/:slug': ({ ana }, watch) => watch(ana, 'DELETE', '/applications/wiki'),
  'POST /api/v1/groups': ({ ana }, watch) => watch(ana, 'POST', '/groups', { name: 'crew', description: '' }),
  'PUT /api/v1/groups/:name/members/:username': ({ ana }, watch) => watch(ana, 'PUT', '/groups/crew/members/bo', {}),
  'DELETE /api/v1/groups/:name/members/:username': ({ ana }, watch) => watch(ana, 'DELETE', '/groups/crew/members/bo'),
  'PATCH /api/v1/groups/:name': ({ ana }, watch) => watch(ana, 'PATCH', '/groups/crew', { organisationRole: 'member' }),
  'DELETE /api/v1/groups/:name': ({ ana }, watch) => watch(ana, 'DELETE', '/groups/crew'),
  'POST /api/v1/policy/explain': async ({ ana }, watch) =>
    watch(ana, 'POST', '/policy/explain', { policy: (await readPolicy(ana)).policy }),
  'PUT /api/v1/policy': async ({ ana }, watch) => {
    for (const rules of [[shipped('two-people')], []]) {
      const { version: basedOn, policy } = await readPolicy(ana)
      await watch(ana, 'PUT', '/policy', { basedOn, policy: { ...policy, rules } })
    }
  },
  'POST /api/v1/seal-requests/:id/attempts': async ({ ana }, watch) =>
    watch(ana, 'POST', `/seal-requests/${await waiting(ana)}/attempts`, {}),
  'POST /api/v1/seal-requests/:id/attempts/:attemptId': async ({ ana, bo, postern }, watch) => {
    await approve(bo, postern, watch)
    await allow({ ana, postern }, watch)
    for (const counter of [20, 4]) {
      const request = await waiting(ana)
      const attempt = await ana.call<{ id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }>(
        'POST',
        `/seal-requests/${request}/attempts`,
        {},
      )
      const response = ana.authenticator.get(attempt.publicKey, postern.origin, { counter })
      await watch(ana, 'POST', `/seal-requests/${request}/attempts/${attempt.id}`, { response })
    }
  },
  'POST /api/v1/seal-requests/:id/link': async ({ ana }, watch) =>
    watch(ana, 'POST', `/seal-requests/${await waiting(ana)}/link`, {}),
  'POST /api/v1/seal-requests/:id/refuse': async ({ ana }, watch) =>
    watch(ana, 'POST', `/seal-requests/${await waiting(ana)}/refuse`, {}),
  'POST /api/v1/seal-requests/:id/refuse-and-end-token': async ({ ana, postern }, watch) => {
    await ana.makeToken('asks too much')
    const asked = await askedByToken(postern, 'asks too much', '127.0.0.1')
    const [{ id }] = [await askForTap(postern, { of: 'ana', asked }), await askForTap(postern, { of: 'ana', asked })]
    return watch(ana, 'POST', `/seal-requests/${id}/refuse-and-end-token`, {})
  },
  'POST /api/v1/seal-requests/:id/withdraw': async ({ ana }, watch) =>
    watch(ana, 'POST', `/seal-requests/${await waiting(ana)}/withdraw`, {}),
  'POST /api/v1/projects': ({ ana }, watch) => watch(ana, 'POST', '/projects', { name: 'payments', description: '' }),
  'PATCH /api/v1/projects/:project': ({ ana }, watch) =>
    watch(ana, 'PATCH', '/projects/payments', { description: 'money' }),
  'PUT /api/v1/projects/:project/members/:kind/:name': ({ ana }, watch) =>
    watch(ana, 'PUT', '/projects/payments/members/user/bo', { role: 'read' }),
  'DELETE /api/v1/projects/:project/members/:kind/:name': ({ ana }, watch) =>
    watch(ana, 'DELETE', '/projects/payments/members/user/bo'),
  'POST /api/v1/projects/:project/repositories': ({ ana }, watch) =>
    watch(ana, 'POST', '/projects/payments/repositories', { name: 'ledger', description: '' }),
  'PATCH /api/v1/projects/:project/repositories/:repository': ({ ana }, watch) =>
    watch(ana, 'PATCH', '/projects/payments/repositories/ledger', { description: 'books' }),
  'PUT /api/v1/projects/:project/repositories/:repository/members/:kind/:name': ({ ana }, watch) =>
    watch(ana, 'PUT', '/projects/payments/repositories/ledger/members/user/bo', { role: 'write' }),
  'DELETE /api/v1/projects/:project/repositories/:repository/members/:kind/:name': ({ ana }, watch) =>
    watch(ana, 'DELETE', '/projects/payments/repositories/ledger/members/user/bo'),
  'POST /api/v1/projects/:project/repositories/:repository/pipelines': ({ ana }, watch) =>
    watch(ana, 'POST', pipelines, newPipeline('https://ci.example.com')),
  'PATCH /api/v1/projects/:project/repositories/:repository/pipelines/:pipeline': async ({ ana }, watch) =>
    watch(ana, 'PATCH', `${pipelines}/${await firstId(ana, pipelines)}`, { access: 'read' }),
  'DELETE /api/v1/projects/:project/repositories/:repository/pipelines/:pipeline': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `${pipelines}/${await firstId(ana, pipelines)}`),
  'POST /api/v1/projects/:project/repositories/:repository/deploy-keys': ({ ana }, watch) =>
    watch(ana, 'POST', deployKeys, {
      name: 'builds',
      publicKey: newSshKey(),
      access: 'read',
      expiresInDays: 30,
      rotation: null,
    }),
  'PATCH /api/v1/projects/:project/repositories/:repository/deploy-keys/:key': async ({ ana }, watch) =>
    watch(ana, 'PATCH', `${deployKeys}/${await firstId(ana, deployKeys)}`, { name: 'other builds' }),
  'POST /api/v1/projects/:project/repositories/:repository/deploy-keys/:key/successor': async ({ ana }, watch) =>
    watch(ana, 'POST', `${deployKeys}/${await firstId(ana, deployKeys)}/successor`, {
      publicKey: newSshKey(),
      overlapDays: 1,
    }),
  'DELETE /api/v1/projects/:project/repositories/:repository/deploy-keys/:key': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `${deployKeys}/${await firstId(ana, deployKeys)}`),
  'POST /api/v1/projects/:project/repositories/:repository/webhooks': ({ ana }, watch) =>
    watch(ana, 'POST', webhooks, { url: 'https://1.1.1.1/', events: ['ref.deleted'] }),
  'PATCH /api/v1/projects/:project/repositories/:repository/webhooks/:webhook': async ({ ana }, watch) =>
    watch(ana, 'PATCH', `${webhooks}/${await firstId(ana, webhooks)}`, { events: ['ref.created'] }),
  'POST /api/v1/projects/:project/repositories/:repository/webhooks/:webhook/secret': async ({ ana }, watch) =>
    watch(ana, 'POST', `${webhooks}/${await firstId(ana, webhooks)}/secret`, {}),
  'DELETE /api/v1/projects/:project/repositories/:repository/webhooks/:webhook': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `${webhooks}/${await firstId(ana, webhooks)}`),
  ...proposals(),
  'DELETE /api/v1/projects/:project/repositories/:repository': ({ ana }, watch) =>
    watch(ana, 'DELETE', '/projects/payments/repositories/ledger'),
  'DELETE /api/v1/projects/:project': ({ ana }, watch) => watch(ana, 'DELETE', '/projects/payments'),
  'POST /api/v1/ledger/witnesses': async ({ ana, postern }, watch) => {
    await using witness = await startWitness(postern, 'witness.example')
    const { url, key } = witness
    await watch(ana, 'POST', '/ledger/witnesses', { url, key })
  },
  'DELETE /api/v1/ledger/witnesses/:id': async ({ ana }, watch) =>
    watch(ana, 'DELETE', `/ledger/witnesses/${await firstId(ana, '/ledger/witnesses')}`),
  'POST /api/v1/audit/export': ({ ana }, watch) => watch(ana, 'POST', '/audit/export', { from: 0, to: 1 }),
  'POST /api/v1/policy/changes/:id/withdraw': async ({ ana }, watch) => {
    await setRules(ana, [shipped('two-people')])
    const { change } = await setRules(ana, [])
    return watch(ana, 'POST', `/policy/changes/${change.id}/withdraw`, {})
  },
  'POST /api/v1/sign-out': ({ bo }, watch) => watch(bo, 'POST', '/sign-out', {}),
}

/** From where a branch begins to its merge. */
function proposals(): Record<string, Call> {
  const repository = '/projects/gates/repositories/main'
  const first = `${repository}/pull-requests/1`
  const route = '/api/v1/projects/:project/repositories/:repository'
  let made: Promise<Proposing>
  const threadOf = async (person: Person): Promise<{ id: string; comments: { id: string }[] }> => {
    const { threads } = await person.call<{ threads: { id: string; comments: { id: string }[] }[] }>(
      'GET',
      `${first}/review`,
    )
    return threads[0] ?? assert.fail('no thread')
  }
  return {
    [`POST ${route}/protected-branches/:branch/start`]: async ({ ana, postern }, watch) => {
      await (made = makeProposing(postern, ana, 'gates/main'))
      const start = `${repository}/protected-branches/main`
      const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', `${start}/start-seal`, {})
      return watch(ana, 'POST', `${start}/start`, {}, { 'postern-seal': await ana.tap(sealRequestId) })
    },
    [`POST ${route}/pull-requests`]: async ({ ana }, watch) => {
      const { git } = await made
      await git('switch', '--quiet', '--create', 'proposed', 'main')
      await git('rm', '--quiet', 'README.md')
      await git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'Proposed')
      await git('push', '--quiet', 'origin', 'proposed')
      const wanted = { title: 'Proposed', description: '', sourceBranch: 'proposed', targetBranch: 'main' }
      return watch(ana, 'POST', `${repository}/pull-requests`, wanted)
    },
    [`PATCH ${route}/pull-requests/:number`]: async ({ ana, bo }, watch) => {
      await watch(ana, 'PATCH', first, { title: 'Changed' })
      await watch(ana, 'PATCH', first, { isDraft: true })
      const { id } = await bo.call<{ id: string }>('GET', '/me')
      await ana.call('PUT', `${first}/reviewers`, { users: [id], groups: [] })
      return watch(ana, 'PATCH', first, { isDraft: false })
    },
    [`POST ${route}/pull-requests/:number/threads`]: async ({ ana }, watch) => {
      const { headOid } = await ana.call<{ headOid: string }>('GET', first)
      const at = { path: 'README.md', side: 'base', line: 1, headOid }
      return watch(ana, 'POST', `${first}/threads`, { ...at, body: 'Why?', isDraft: false })
    },
    [`POST ${route}/pull-requests/:number/threads/:thread/comments`]: async ({ ana }, watch) =>
      watch(ana, 'POST', `${first}/threads/${(await threadOf(ana)).id}/comments`, { body: 'Because.', isDraft: false }),
    [`POST ${route}/pull-requests/:number/threads/:thread/resolve`]: async ({ ana }, watch) =>
      watch(ana, 'POST', `${first}/threads/${(await threadOf(ana)).id}/resolve`),
    [`POST ${route}/pull-requests/:number/threads/:thread/unresolve`]: async ({ ana }, watch) =>
      watch(ana, 'POST', `${first}/threads/${(await threadOf(ana)).id}/unresolve`),
    [`PATCH ${route}/pull-requests/:number/comments/:comment`]: async ({ ana }, watch) =>
      watch(ana, 'PATCH', `${first}/comments/${(await threadOf(ana)).comments[1]?.id}`, { body: 'Because of it.' }),
    [`DELETE ${route}/pull-requests/:number/comments/:comment`]: async ({ ana }, watch) =>
      watch(ana, 'DELETE', `${first}/comments/${(await threadOf(ana)).comments[1]?.id}`),
    [`POST ${route}/pull-requests/:number/close`]: ({ ana }, watch) => watch(ana, 'POST', `${first}/close`, {}),
    [`POST ${route}/pull-requests/:number/reopen`]: ({ ana }, watch) => watch(ana, 'POST', `${first}/reopen`, {}),
    [`POST ${route}/pull-requests/:number/merge`]: async ({ ana }, watch) => {
      const { propose } = await made
      const merge = async (
        path: string,
        more: object = {},
        meanwhile: () => Promise<unknown> = () => Promise.resolve(),
      ) => {
        const body = { method: 'merge', ...more }
        const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', `${path}/merge-preparation`, body)
        const seal = await ana.tap(sealRequestId)
        await meanwhile()
        return watch(ana, 'POST', `${path}/merge`, body, { 'postern-seal': seal })
      }
      await merge(first)
      const second = `${repository}/pull-requests/${await propose('closed')}`
      await merge(second, {}, () => ana.call('POST', `${second}/close`, {})).catch(onlyRefusals)
      const rule = { ...firstRule, approvals: 1, agentApprovals: 1, bypass: ['repository-role:admin'] }
      await ana.act('PUT', `${repository}/protected-branches/main/rule`, rule)
      const third = `${repository}/pull-requests/${await propose('urgent')}`
      await merge(third, { bypass: { reason: 'The building is on fire' } })
    },
    [`POST ${route}/tags`]: async ({ ana }, watch) => {
      const body = { name: 'v1', target: 'main', message: '' }
      const asked: unknown = await ana.call('POST', `${repository}/tags`, body).catch((error: unknown) => error)
      assert.ok(asked instanceof ApiError)
      const seal = await ana.tap(asked.problem.sealRequestId ?? '')
      return watch(ana, 'POST', `${repository}/tags`, body, { 'postern-seal': seal })
    },
    [`DELETE ${route}/tags/*`]: ({ ana }, watch) => watch(ana, 'DELETE', `${repository}/tags/v1`),
    [`POST ${route}/pull-requests/:number/revert`]: ({ ana }, watch) => watch(ana, 'POST', `${first}/revert`),
    [`POST ${route}/commits`]: async ({ ana }, watch) => {
      const edit = async (branch: string, more: { newBranch?: string; pullRequest?: boolean } = {}) => {
        const { head } = await ana.call<{ head: string }>('GET', `${repository}/edit?ref=${branch}`)
        const changes = [{ action: 'write', path: 'README.md', content: `# From ${branch}\n` }]
        const wanted = { branch, expectedHead: head, message: 'Say more', changes, ...more }
        return watch(ana, 'POST', `${repository}/commits`, wanted)
      }
      await assert.rejects(edit('main'), { message: /main is protected/ })
      await edit('main', { newBranch: 'ana-edit-1', pullRequest: true })
      return edit('ana-edit-1')
    },
    [`DELETE ${route}/branches/*`]: async ({ ana }, watch) => {
      await (await made).propose('deleted')
      return watch(ana, 'DELETE', `${repository}/branches/deleted`)
    },
    [`PUT ${route}/protected-branches/:branch/rule`]: ({ ana }, watch) =>
      watch(ana, 'PUT', `${repository}/protected-branches/main/rule`, firstRule),
    [`POST ${route}/protected-branches`]: ({ ana }, watch) =>
      watch(ana, 'POST', `${repository}/protected-branches`, { branch: 'closed' }),
  }
}

/** What an agent of hers asks. */
async function allow({ ana, postern }: { ana: Person; postern: StartedPostern }, watch: Watch): Promise<void> {
  await ana.act('POST', '/agents', { username: 'asks', displayName: 'Asks' })
  const token = { name: 'asks', scopes: ['ask'], repositoryIds: null, expiresInDays: 1 }
  const { secret } = await ana.act<{ secret: string }>('POST', '/agents/asks/tokens', token)
  const headers = { authorization: `Bearer ${secret}` }
  const asked = { title: 'Restart', details: [], subjects: [] }
  const permission = await postern.stranger().call<{ sealRequests: string[] }>('POST', '/permissions', asked, headers)
  await answer(ana, postern, { id: permission.sealRequests[0] ?? '', watch })
}

/** The second tap for the change of the guardrails that waits. */
const approve = async (person: Person, postern: StartedPostern, watch: Watch): Promise<void> =>
  answer(person, postern, { id: await firstId(person, '/inbox'), watch })

async function answer(
  person: Person,
  { origin }: StartedPostern,
  { id, watch }: { id: string; watch: Watch },
): Promise<void> {
  const attempt = await person.call<{ id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }>(
    'POST',
    `/seal-requests/${id}/attempts`,
    {},
  )
  const response = person.authenticator.get(attempt.publicKey, origin)
  await watch(person, 'POST', `/seal-requests/${id}/attempts/${attempt.id}`, { response })
}

async function waiting(person: Person): Promise<string> {
  const body = { name: 'waits', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 1 }
  const refusal = await person.call('POST', '/me/tokens', body).catch((error: unknown) => error)
  return refusal instanceof ApiError ? (refusal.problem.sealRequestId ?? '') : ''
}

function onlyRefusals(error: unknown): void {
  if (!(error instanceof ApiError) || error.status >= 500) throw error
}
