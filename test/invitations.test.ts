import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { makeOwnerLink } from '../src/identity/instance.ts'
import type { InvitationMade, InvitationView } from '../src/identity/invitations/shapes.ts'
import type { Person as Listed } from '../src/identity/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant, beginRegistration, finishRegistration, registerWith, tokenOf } from './support/ceremony.ts'
import { startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
type Wanted = {
  emails: string[]
  role?: string
  groups?: string[]
  grants?: { path: string; role: string }[]
} & Record<string, unknown>

const invite = async (by: Person, wanted: Wanted): Promise<InvitationMade[]> =>
  (await by.act<{ items: InvitationMade[] }>('POST', '/invitations', { role: 'member', ...wanted })).items

const inviteOne = async (by: Person, email: string, more: Partial<Wanted> = {}) => {
  const [made] = await invite(by, { emails: [email], ...more })
  if (made?.link == null) throw new Error('a link is shown where no mail is set up')
  return { ...made.invitation, link: made.link }
}

const me = (who: Person) => who.call<{ username: string; email: string; role: string }>('GET', '/me')

for (const store of eitherStore)
  describe(`invitations on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      await ana.call('POST', '/projects', { name: 'pay', description: '' })
      for (const name of ['api', 'web'])
        await ana.call('POST', '/projects/pay/repositories', {
          name,
          description: '',
          visibility: 'private',
        })
      await ana.act('POST', '/groups', { name: 'crew', description: '' })
    })
    after(() => postern[Symbol.asyncDispose]())

    const stateOf = async (id: string): Promise<string | undefined> =>
      (await ana.call<{ items: InvitationView[] }>('GET', '/invitations')).items.find((one) => one.id === id)?.state
    const accept = async (link: string, username: string): Promise<Person> => {
      const person = postern.stranger()
      await registerWith(person, link, username)
      return person
    }

    test('whoever accepts is in, with role, groups and places, and there was no account before', async () => {
      const { link, id } = await inviteOne(ana, 'bo.holt@example.com', {
        groups: ['Crew'],
        grants: [{ path: 'pay/api', role: 'write' }],
        message: 'Welcome!',
      })
      const before = await ana.call<{ items: Listed[] }>('GET', '/people')
      assert.deepEqual(
        before.items.map(({ username }) => username),
        ['ana'],
      )
      const bo = postern.stranger()
      const shown = await bo.call<{ newcomer: object; person: null }>('POST', '/registration-links/inspect', {
        token: tokenOf(link),
      })
      assert.equal(shown.person, null)
      assert.deepEqual(shown.newcomer, {
        email: 'bo.holt@example.com',
        username: 'bo-holt',
        displayName: 'Bo Holt',
        role: 'member',
        endsAt: null,
        by: 'Ana Example',
        message: 'Welcome!',
      })
      await registerWith(bo, link, 'bo')
      const { username, email, role } = await me(bo)
      // The address is the invited one, whatever the page sent.
      assert.deepEqual([username, email, role], ['bo', 'bo.holt@example.com', 'member'])
      const groups = await ana.call<{ items: { name: string; members: { username: string }[] }[] }>('GET', '/groups')
      assert.deepEqual(
        groups.items.find(({ name }) => name === 'crew')?.members.map((member) => member.username),
        ['bo'],
      )
      await bo.call('GET', '/projects/pay/repositories/api')
      await refused(bo.call('GET', '/projects/pay/repositories/web'), 404, 'not-found')
      assert.equal(await stateOf(id), 'accepted')
      const [listed] = (await ana.call<{ items: Listed[] }>('GET', '/people?q=bo')).items
      // It came in by a link: worth a passkey, until somebody vouches for it.
      assert.deepEqual([listed?.strength, listed?.unendorsed.length], ['passkey', 1])
    })

    test('who only wrote a colleague’s address keeps them from no invitation, and loses it when they come', async () => {
      const { link: first } = await inviteOne(ana, 'mal@example.com')
      const mal = await accept(first, 'mal')
      await mal.act('PATCH', '/me', { email: 'nia@example.com' })
      const { link } = await inviteOne(ana, 'nia@example.com')
      assert.equal((await me(mal)).email, 'nia@example.com')
      const nia = await accept(link, 'nia')
      assert.deepEqual([(await me(nia)).email, (await me(mal)).email], ['nia@example.com', ''])
      await refused(
        ana.call('POST', '/invitations', { emails: ['Nia@example.com'], role: 'member' }),
        409,
        'already-here',
      )
    })

    test('a link opens once, also for two at once', async () => {
      const { link } = await inviteOne(ana, 'once@example.com')
      const two = [postern.stranger(), postern.stranger()]
      const begun = await Promise.all(two.map((person, n) => beginRegistration(person, link, `once${n}`)))
      const ends = await Promise.allSettled(
        two.map((person, n) => {
          const { ceremonyId, publicKey } = begun[n] as (typeof begun)[number]
          return finishRegistration(person, link, ceremonyId, person.authenticator.create(publicKey, person.origin))
        }),
      )
      assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      await refused(accept(link, 'once3'), 410, 'link-used')
      const found = await ana.call<{ items: unknown[] }>('GET', '/people?q=once')
      assert.equal(found.items.length, 1)
    })

    test('somebody else who is signed in comes in as the invited person, and stays who they are', async () => {
      const { link } = await inviteOne(ana, 'cy@example.com')
      const dora = await postern.join(ana, 'dora')
      const other = postern.stranger()
      await registerWith(other, link, 'cy')
      assert.equal((await me(other)).username, 'cy')
      assert.equal((await me(dora)).username, 'dora')
    })

    test('it ends after a week, when it is withdrawn, and when it is sent again', async () => {
      const late = await inviteOne(ana, 'late@example.com')
      ahead = 7 * dayMs
      const expired = await refused(accept(late.link, 'late'), 410, 'link-expired')
      assert.equal(expired.help, 'Ask whoever gave it to you for a new one.')
      const cut = await refused(accept(late.link.slice(0, -3), 'late'), 410, 'link-unknown')
      assert.match(cut.help ?? '', /^Was it copied whole\?/)
      await ana.signIn()
      assert.equal(await stateOf(late.id), 'expired')
      const again = await ana.act<InvitationMade>('POST', `/invitations/${late.id}/resend`, {})
      ahead = 0
      await refused(accept(late.link, 'late'), 410, 'link-used')
      await ana.act('DELETE', `/invitations/${late.id}`)
      await refused(accept(again.link ?? '', 'late'), 410, 'link-used')
      assert.equal(await stateOf(late.id), 'withdrawn')
      await refused(ana.call('POST', `/invitations/${late.id}/resend`, {}), 409, 'invitation-over')
      await refused(ana.call('DELETE', '/invitations/inv_none'), 404, 'not-found')
    })

    test('inviting an address again replaces what was open', async () => {
      const first = await inviteOne(ana, 'twice@example.com')
      const second = await inviteOne(ana, 'Twice@example.com')
      await refused(accept(first.link, 'twice'), 410, 'link-used')
      await accept(second.link, 'twice')
    })

    test('it is void when whoever sent it has left, or may no longer give that', async () => {
      const eve = await postern.join(ana, 'eve', 'admin')
      const gone = await inviteOne(eve, 'gone@example.com')
      const fay = await postern.join(ana, 'fay', 'owner')
      const high = await inviteOne(fay, 'high@example.com', { role: 'admin' })
      const plain = await inviteOne(fay, 'plain@example.com')
      await ana.act('PATCH', '/people/fay', { role: 'admin' })
      await refused(accept(high.link, 'high'), 410, 'invitation-over')
      await ana.act('PATCH', '/people/fay', { role: 'member' })
      await refused(accept(plain.link, 'plain'), 410, 'invitation-over')
      assert.equal(await stateOf(plain.id), 'void')
      await ana.act('PATCH', '/people/fay', { role: 'admin' })
      await accept(plain.link, 'plain')
      await ana.act('POST', '/people/eve/end', { reason: 'left' })
      await refused(accept(gone.link, 'gone'), 410, 'link-used')
      assert.equal(await stateOf(gone.id), 'withdrawn')
    })

    test('nobody invites above themselves, nor to a group that gives more than they may', async () => {
      const gil = await postern.join(ana, 'gil', 'admin')
      const hal = await postern.join(ana, 'hal')
      for (const role of ['owner', 'admin'])
        await refused(gil.call('POST', '/invitations', { emails: ['x@example.com'], role }), 403, 'not-allowed')
      await refused(hal.call('POST', '/invitations', { emails: ['x@example.com'], role: 'member' }), 403, 'not-allowed')
      const { database } = postern.postern.ceremonies
      await ana.act('POST', '/groups', { name: 'rulers', description: '' })
      await database.write((tx) =>
        tx.updateTable('userGroup').set({ organisationRole: 'admin' }).where('name', '=', 'rulers').execute(),
      )
      const body = { emails: ['x@example.com'], role: 'member', groups: ['rulers'] }
      await refused(gil.call('POST', '/invitations', body), 403, 'not-allowed')
      await database.write((tx) =>
        tx
          .updateTable('userGroup')
          .set({ organisationRole: null, managedBy: 'dir_x' })
          .where('name', '=', 'rulers')
          .execute(),
      )
      await refused(ana.call('POST', '/invitations', body), 409, 'managed-group')
      // A group that gives more by the time somebody comes is left out then.
      await ana.act('POST', '/groups', { name: 'risen', description: '' })
      const { link } = await inviteOne(gil, 'ria@example.com', { groups: ['risen'] })
      await ana.act('PATCH', '/groups/risen', { organisationRole: 'admin' })
      assert.equal((await me(await accept(link, 'ria'))).role, 'member')
    })

    test('what an owner gives is replaced, sent anew or taken back by nobody who could not give it', async () => {
      const lou = await postern.join(ana, 'lou', 'admin')
      await ana.act('POST', '/groups', { name: 'heads', description: '' })
      await ana.act('PATCH', '/groups/heads', { organisationRole: 'admin' })
      const high = await inviteOne(ana, 'chief@example.com', { role: 'owner' })
      const heads = await inviteOne(ana, 'head@example.com', { groups: ['heads'] })
      for (const { id, email } of [high, heads]) {
        const body = { emails: ['new@example.com', email.toUpperCase()], role: 'guest' }
        await refused(lou.call('POST', '/invitations', body), 403, 'not-allowed')
        await refused(lou.call('POST', `/invitations/${id}/resend`, {}), 403, 'not-allowed')
        await refused(lou.call('DELETE', `/invitations/${id}`), 403, 'not-allowed')
        assert.equal(await stateOf(id), 'open')
      }
      await inviteOne(ana, 'head@example.com')
      assert.equal(await stateOf(heads.id), 'withdrawn')
      // What is over stands in nobody's way.
      ahead = 8 * dayMs
      await lou.signIn()
      await inviteOne(lou, 'chief@example.com')
      ahead = 0
    })

    test('what is gone by then is left out', async () => {
      await ana.act('POST', '/groups', { name: 'brief', description: '' })
      await ana.call('POST', '/projects/pay/repositories', {
        name: 'brief',
        description: '',
        visibility: 'private',
      })
      const { link } = await inviteOne(ana, 'ida@example.com', {
        groups: ['brief', 'crew'],
        grants: [
          { path: 'pay/brief', role: 'read' },
          { path: 'pay/web', role: 'read' },
        ],
      })
      await ana.act('DELETE', '/groups/brief')
      await ana.act('DELETE', '/projects/pay/repositories/brief')
      const ida = await accept(link, 'ida')
      await ida.call('GET', '/projects/pay/repositories/web')
      const { groups, reaches } = await ana.call<{ groups: string[]; reaches: { path: string }[] }>(
        'GET',
        '/people/ida',
      )
      assert.deepEqual([groups, reaches.map(({ path }) => path)], [['crew'], ['pay/web']])
      const { leaf } = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', 'invitation.accepted')
        .orderBy('occurredAt', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow()
      const { facts } = JSON.parse(leaf) as { facts: Record<string, string> }
      assert.deepEqual([facts['groups'], facts['places'], facts['leftOut']], ['crew', 'pay/web (read)', '2'])
    })

    test('a name that is taken is said before a passkey is made, and the link stays good', async () => {
      const { link } = await inviteOne(ana, 'jo@example.com')
      const jo = postern.stranger()
      for (const name of ['ana', 'admin']) await refused(beginRegistration(jo, link, name), 409, 'username-taken')
      await registerWith(jo, link, 'jo')
    })

    test('many addresses are one tap, and one wrong address lets none of them through', async () => {
      const emails = Array.from({ length: 100 }, (_, n) => `many${n}@example.com`)
      assert.equal((await invite(ana, { emails })).length, 100)
      const mixed = ['new@example.com', 'ANA@example.com']
      const problem = await refused(
        ana.call('POST', '/invitations', { emails: mixed, role: 'member' }),
        409,
        'already-here',
      )
      assert.deepEqual((problem as { fields?: object }).fields, { emails: 'ANA@example.com' })
      for (const wrong of [[], ['nobody'], ['a@b\n'], [...emails, 'more@example.com']])
        await refused(ana.call('POST', '/invitations', { emails: wrong, role: 'member' }), 422, 'invalid-input')
      for (const more of [
        { groups: ['nothing'] },
        { grants: [{ path: 'pay/nothing', role: 'read' }] },
        { grants: [{ path: '../api', role: 'read' }] },
        { grants: [{ path: 'pay/api', role: 'owner' }] },
        { endsAt: Date.now() + dayMs },
        { sponsor: 'ana' },
        { role: 'guest', sponsor: 'nobody-here' },
        { role: 'guest', endsAt: 1 },
        { role: 'guest', endsAt: Date.now() + 200 * dayMs },
      ])
        await refused(
          ana.call('POST', '/invitations', { emails: ['x@example.com'], role: 'member', ...more }),
          422,
          'invalid-input',
        )
    })

    test('a link of an invitation makes no owner, and a set-up link is no invitation', async () => {
      const { link } = await inviteOne(ana, 'kim@example.com')
      const kim = await accept(link, 'kim')
      assert.equal((await me(kim)).role, 'member')
      const { database, now } = postern.postern.ceremonies
      const next = await makeOwnerLink(database, postern.origin, undefined, now())
      // The links of others stand beside the one from the shell.
      const other = await inviteOne(ana, 'lea@example.com')
      const max = await accept(next.url, 'max')
      assert.equal((await me(max)).role, 'owner')
      // Whoever was invited has no shell there; whoever made this one has.
      const spent = await refused(accept(next.url, 'max2'), 410, 'link-used')
      assert.match(spent.help ?? '', /admin setup-link/)
      await accept(other.link, 'lea')
    })

    test('a letter carries the link only where mail is set up', async () => {
      await refused(
        ana.act('POST', '/invitations', { emails: ['x@example.com'], role: 'member', byMail: true }),
        409,
        'no-mail',
      )
    })
  })

test('by mail the link goes to the address, and nowhere else', async () => {
  await using mail = await startMailServer()
  await using postern = await startPostern({
    flags: ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com'],
  })
  const ana = await postern.owner()
  const [made] = await invite(ana, { emails: ['bo@example.com'], role: 'guest', message: 'See https://evil.example' })
  assert.deepEqual([made?.link, made?.invitation.state], [null, 'open'])
  let letter = await mail.next()
  while (letter.to[0] !== 'bo@example.com') letter = await mail.next()
  assert.match(letter.text, /Ana Example invites you as a guest/)
  assert.doesNotMatch(letter.text, /evil\.example/)
  const [link = ''] = /http\S+#\S+/.exec(letter.text.replaceAll('=\r\n', '')) ?? []
  const bo = postern.stranger()
  await bo.register(link, applicant('bo'))
  const { database } = postern.postern.ceremonies
  const left = await database.read
    .selectFrom('letter')
    .select(['text', 'toAddress'])
    .where('kind', '=', 'invitation')
    .execute()
  assert.deepEqual(
    left.map(({ text, toAddress }) => [text, toAddress]),
    [['', null]],
    'nothing of it stays behind',
  )
})
