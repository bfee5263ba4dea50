import assert from 'node:assert/strict'
import { answerAdmin } from '../../src/commands/admin-socket.ts'
import { endGuests } from '../../src/identity/guests/guest-ends.ts'
import type { Person } from '../../src/walk/person.ts'
import { applicant } from './ceremony.ts'
import type { Holder, World } from './holdings.ts'
import { bulkRequest } from './scim-checks/bulk.ts'
import { connectDirectory, newUser, ok, type ScimClient } from './scim.ts'
import { setUser, type Together } from './upstream-together.ts'

/** A way in which access ends; `join` where only people who came so can go so. */
export interface EndPath {
  name: string
  join?(world: World, username: string): Promise<Person>
  end(world: World, holder: Holder): Promise<void>
}

/** Every way there is. `here` knows a directory and another place to sign in. */
export async function makeEndPaths(here: Together): Promise<EndPath[]> {
  const { postern, owner } = here
  const { scim } = await connectDirectory(owner, 'Okta')
  const byGroup = await connectDirectory(owner, 'Entra', 'entra')
  const brought = new Map<string, string>()

  /** Brought by the directory, and registered through a link. */
  const bring =
    (client: ScimClient) =>
    async ({ ana }: World, username: string): Promise<Person> => {
      const user = await client.makeUser(`${username}@example.org`)
      brought.set(username, user.id)
      const { link } = await ana.act<{ link: string }>('POST', `/people/${username}/registration-link`, {})
      const person = postern.stranger()
      await person.register(link, applicant(username))
      return person
    }
  const pathOf = ({ username }: Holder): string => `/Users/${brought.get(username)}`
  const bySCIM = (name: string, end: (holder: Holder) => Promise<unknown>): EndPath => ({
    name: `SCIM ${name}`,
    join: bring(scim),
    async end(_, holder) {
      await end(holder)
    },
  })
  const nameOf = ({ username }: Holder): string => `${username}@example.org`

  return [
    {
      name: 'console',
      async end({ ana }, { username }) {
        await ana.act('POST', `/people/${username}/end`, { reason: 'left' })
      },
    },
    {
      name: 'API',
      async end({ ana }, { username }) {
        const token = await ana.makeToken('offboarding', ['act'])
        const ask = (headers: Record<string, string> = {}) =>
          fetch(`${postern.origin}/api/v1/people/${username}/end`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
            body: '{"reason":""}',
          })
        const { sealRequestId } = (await (await ask()).json()) as { sealRequestId: string }
        assert.equal((await ask({ 'postern-seal': await ana.tap(sealRequestId) })).status, 200)
      },
    },
    {
      name: 'shell',
      async end(_, { username }) {
        await answerAdmin(postern.postern, { command: 'end-access', username, reason: '' })
      },
    },
    {
      name: 'themself',
      async end(_, { id, person }) {
        // While a recovery can be cancelled nobody leaves: what came in may not be its person.
        const { database, now } = postern.postern.ceremonies
        await database.write((tx) =>
          tx.updateTable('recovery').set({ state: 'done', overAt: now() }).where('userId', '=', id).execute(),
        )
        await person.act('DELETE', '/me')
      },
    },
    {
      name: 'end date',
      async end(_, { username }) {
        const { endAccess, ceremonies } = postern.postern
        const { database, now } = ceremonies
        await setUser(postern, username, { endsAt: now() })
        await endGuests({ database, endAccess, origin: postern.origin, now, queue: () => Promise.resolve() })
      },
    },
    bySCIM('PATCH', async (holder) =>
      ok(await scim.patch(pathOf(holder), { op: 'Replace', path: 'active', value: 'False' })),
    ),
    bySCIM('PATCH no path', async (holder) =>
      ok(await scim.patch(pathOf(holder), { op: 'replace', value: { active: false } })),
    ),
    bySCIM('PUT', async (holder) => ok(await scim.put(pathOf(holder), newUser(nameOf(holder), { active: false })))),
    bySCIM('DELETE', async (holder) => assert.equal((await scim.delete(pathOf(holder))).status, 204)),
    bySCIM('Bulk', async (holder) =>
      ok(await scim.post('/Bulk', bulkRequest([{ method: 'DELETE', path: pathOf(holder) }]))),
    ),
    {
      name: 'left a group',
      join: bring(byGroup.scim),
      async end({ ana }, { username }) {
        const { id } = await byGroup.scim.makeGroup('staff', [brought.get(username) ?? ''])
        await ana.act('PATCH', `/directory/connections/${byGroup.id}`, { requiredGroup: 'staff' })
        const value = [{ value: brought.get(username) }]
        const { status } = await byGroup.scim.patch(`/Groups/${id}`, { op: 'Remove', path: 'members', value })
        assert.ok(status < 300, String(status))
      },
    },
    {
      name: 'domain',
      async end({ ana }, { person, username }) {
        const domain = '/directory/domains/dom_acmeexample'
        await setUser(postern, username, { emailVerifiedAt: 1 })
        await ana.act('POST', `${domain}/claims`, { usernames: [username] })
        const { items } = await person.call<{ items: { id: string }[] }>('GET', '/me/claims')
        const claim = items[0]?.id ?? assert.fail('nothing is asked')
        await person.call('POST', `/me/claims/${claim}/object`)
        const { database, now } = postern.postern.ceremonies
        await database.write((tx) =>
          tx
            .updateTable('domainClaim')
            .set({ graceEndsAt: now() - 1 })
            .execute(),
        )
        await ana.act('POST', `${domain}/claims/${claim}/decision`, { decision: 'end-access' })
      },
    },
    {
      name: 'sign-in elsewhere',
      async end(_, { username }) {
        await setUser(postern, username, { managedBy: 'dom_acmeexample', emailVerifiedAt: 1 })
        const account = { email: `${username}@acme.example`, email_verified: true, name: username }
        here.upstream.there = { subject: username }
        here.upstream.accounts.set(username, { ...account, groups: ['postern'] })
        assert.equal((await here.arrive()).refused, null)
        here.upstream.accounts.set(username, { ...account, groups: [] })
        assert.equal((await here.arrive()).refused, 'required-group')
      },
    },
  ]
}
