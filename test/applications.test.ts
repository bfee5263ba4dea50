import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  ApplicationMade,
  ApplicationSummary,
  ApplicationView,
  OwnTool,
  SignInTest,
} from '../src/applications/shapes.ts'
import { fill, fillAll, namesIn } from '../console/pages/applications/fill-recipe.ts'
import type { RecipeList } from '../src/applications/recipes/recipe.ts'
import type { Tx } from '../src/database/handles.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { inFront } from './support/in-front.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const grafana = {
  kind: 'openid',
  slug: 'grafana',
  name: 'Grafana',
  description: 'Dashboards',
  recipe: 'grafana',
  launchUrl: null,
  audience: 'members',
  groups: [] as string[],
  strength: null,
  settings: { redirectUris: ['https://grafana.example/login/generic_oauth'], groups: 'audience' } as object,
}
const at = '/applications/grafana'

const toolsOf = async (person: Person): Promise<OwnTool[]> =>
  (await person.call<{ tools: OwnTool[] }>('GET', '/home')).tools
const namesOf = async (person: Person): Promise<string[]> => (await toolsOf(person)).map(({ slug }) => slug)

/** What is read before the tap. */
async function factsOf(person: Person, method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
  const asked = await person.call(method, path, body).catch((error: unknown) => error)
  assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined, String(asked))
  const { facts } = await person.call<{
    facts: { title: string; rows: { label: string; value: string }[]; warnings: string[] }
  }>('GET', `/seal-requests/${asked.problem.sealRequestId}`)
  return {
    ...facts,
    id: asked.problem.sealRequestId,
    rows: Object.fromEntries(facts.rows.map(({ label, value }) => [label, value])),
  }
}

for (const { name, flags } of eitherStore)
  test(`applications, on ${name}`, async (t) => {
    await using postern = await startPostern({ flags: await flags() })
    const ana = await postern.owner()
    const bo = await postern.join(ana, 'bo')
    const gus = await postern.join(ana, 'gus', 'guest')
    for (const group of ['crew', 'clients']) await ana.act('POST', '/groups', { name: group, description: '' })
    const cy = await postern.join(ana, 'cy', 'admin')
    await ana.act('PUT', '/groups/crew/members/bo', {})
    await ana.act('PUT', '/groups/clients/members/gus', {})
    let clientId = ''

    await t.test('an administrator sets one up with a tap over everything that matters', async () => {
      const facts = await factsOf(ana, 'POST', '/applications', grafana)
      assert.equal(facts.title, 'Set up “Grafana”')
      assert.equal(facts.rows['Open to'], 'everyone but guests')
      assert.equal(facts.rows['How it learns who came'], 'OpenID Connect')
      assert.equal(facts.rows['It takes at least'], 'a passkey')
      assert.equal(facts.rows['In a few words'], 'Dashboards')
      assert.match(JSON.stringify(facts.rows), /https:\/\/grafana\.example\/login\/generic_oauth/)

      const { application, shownOnce } = await ana.act<ApplicationMade>('POST', '/applications', grafana)
      clientId = application.values.find((value) => value.name === 'clientId')?.value ?? ''
      assert.equal(clientId, application.id)
      assert.deepEqual(
        shownOnce.map((value) => value.name),
        ['clientSecret'],
      )
      const again = await ana.call<ApplicationView>('GET', at)
      assert.deepEqual({ ...again, values: [] }, { ...application, values: [] })
      assert.ok(!JSON.stringify(again).includes(shownOnce[0]?.value ?? '?'), 'the secret is shown once')
      assert.deepEqual([again.hasSecret, again.createdBy?.username, again.lastOpenedAt], [true, 'ana', null])
      const { items } = await ana.call<{ items: ApplicationSummary[] }>('GET', '/applications')
      assert.deepEqual(
        items.map(({ slug, audience, keptElsewhere }) => ({ slug, audience, keptElsewhere })),
        [{ slug: 'grafana', audience: 'members', keptElsewhere: null }],
      )
    })

    await t.test('nobody else sees, tries or changes them, and no token does', async () => {
      const token = await ana.makeToken('all', ['repository:write', 'account:read', 'act'])
      const robot = postern.stranger()
      const headers = { authorization: `Bearer ${token}` }
      for (const [who, more, code] of [
        [bo, {}, 'not-allowed'],
        [gus, {}, 'not-allowed'],
        [robot, headers, 'person-required'],
        [postern.stranger(), {}, 'sign-in-required'],
      ] as const) {
        const status = code === 'sign-in-required' ? 401 : 403
        await refused(who.call('GET', '/applications', undefined, more), status, code)
        await refused(who.call('GET', '/applications/recipes', undefined, more), status, code)
        await refused(who.call('GET', at, undefined, more), status, code)
        await refused(who.call('POST', '/applications', { ...grafana, slug: 'mine' }, more), status, code)
        await refused(who.call('PATCH', at, { audience: 'everyone' }, more), status, code)
        await refused(who.call('POST', `${at}/secret`, {}, more), status, code)
        await refused(who.call('POST', `${at}/test`, {}, more), status, code)
        await refused(who.call('DELETE', at, undefined, more), status, code)
      }
    })

    await t.test('what could mislead or run something is refused before anybody taps', async () => {
      const add = (more: object) => ana.call('POST', '/applications', { ...grafana, slug: 'evil', ...more })
      const settings = (redirectUri: string) => ({ settings: { redirectUris: [redirectUri] } })
      for (const launchUrl of [
        'javascript:alert(1)',
        ' javascript:alert(1)',
        'data:text/html,<script>alert(1)</script>',
        'vbscript:x',
        'https://ana:secret@example.com/',
        '//example.com',
        '/-/people',
        // An address of this place, where it is read beside one.
        'https:example.com',
        'https:/-/people',
        'https:\\\\example.com',
        'ht\ntps://example.com',
        'https://example.com/\u202egro.elpmaxe',
        'https://example.com/a b',
      ])
        await refused(add({ launchUrl }), 422, 'invalid-input')
      await refused(add({ description: 'right\u202eto left' }), 422, 'invalid-input')
      for (const uri of [
        'https://grafana.example@evil.example/',
        'https://grafana.example/*',
        'https://grafana.example/#here',
        'http://grafana.example/',
        'https://grafana.example./',
        'https://GRAFANA.example/callback',
        'javascript:alert(1)',
        'https:grafana.example',
      ])
        await refused(add(settings(uri)), 422, 'invalid-input')
      for (const named of ['two\nlines', 'right\u202eto left', 'null\u0000', ''])
        await refused(add({ name: named }), 422, 'invalid-input')
      for (const slug of ['', 'a', 'UPPER', '../people', 'a b', '-x', 'x'.repeat(40), 'new', 'recipes', 'connectors'])
        await refused(add({ slug }), 422, 'invalid-input')
      const unknown = await refused(add({ settings: { ...grafana.settings, secret: 'x' } }), 422, 'invalid-input')
      assert.match(unknown.title, /settings\.secret/)
      await refused(add({ settings: {} }), 422, 'invalid-input')
      await refused(add({ kind: 'telnet' }), 422, 'invalid-input')
      await refused(add({ strength: 'password' }), 422, 'invalid-input')
      await refused(add({ audience: 'groups', groups: [] }), 422, 'invalid-input')
      await refused(add({ audience: 'groups', groups: ['nowhere'] }), 422, 'invalid-input')
      await refused(add({ audience: 'everyone', groups: ['crew'] }), 422, 'invalid-input')
      await refused(add({ slug: 'grafana' }), 409, 'application-exists')
      await refused(ana.call('PATCH', at, { launchUrl: 'javascript:alert(1)' }), 422, 'invalid-input')
      await refused(ana.call('PATCH', at, {}), 422, 'invalid-input')
      await refused(ana.call('GET', '/applications/nowhere'), 404, 'not-found')
      // A name is text, whatever it looks like.
      const script = '<img src=x onerror=alert(1)>'
      const { application } = await ana.act<ApplicationMade>('POST', '/applications', {
        ...grafana,
        slug: 'script',
        name: script,
      })
      assert.equal(application.name, script)
      await ana.act('DELETE', '/applications/script')
    })

    await t.test('a seal is good for what it was tapped for, and two cannot take one short name', async () => {
      const asked = await ana.call('PATCH', at, { audience: 'members' }).catch((error: unknown) => error)
      assert.ok(asked instanceof ApiError)
      const seal = await ana.tap(asked.problem.sealRequestId ?? '')
      await refused(ana.call('PATCH', at, { audience: 'everyone' }, { 'postern-seal': seal }), 409, 'seal-mismatch')
      // Another group of that name is another group.
      const [wanted, crews] = [
        { audience: 'groups', groups: ['crews'] },
        { name: 'crews', description: '' },
      ]
      await ana.act('POST', '/groups', crews)
      const other = { ...grafana, slug: 'other', ...wanted }
      const forChange = await ana.tap((await factsOf(ana, 'PATCH', at, wanted)).id)
      const forNew = await ana.tap((await factsOf(ana, 'POST', '/applications', other)).id)
      await ana.act('DELETE', '/groups/crews')
      await ana.act('POST', '/groups', crews)
      await refused(ana.call('PATCH', at, wanted, { 'postern-seal': forChange }), 409, 'seal-mismatch')
      await refused(ana.call('POST', '/applications', other, { 'postern-seal': forNew }), 409, 'seal-mismatch')
      await ana.act('DELETE', '/groups/crews')
      const made = await Promise.allSettled(
        ['One', 'Two'].map((called) => ana.act('POST', '/applications', { ...grafana, slug: 'twice', name: called })),
      )
      assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
      await ana.act('DELETE', '/applications/twice')
    })

    await t.test('two who end it at once end it once, and nobody changes what has ended', async () => {
      const { application } = await ana.act<ApplicationMade>('POST', '/applications', { ...grafana, slug: 'short' })
      const path = '/applications/short'
      const change = { audience: 'everyone' }
      const first = await ana.tap((await factsOf(ana, 'DELETE', path)).id)
      const second = await cy.tap((await factsOf(cy, 'DELETE', path)).id)
      const third = await cy.tap((await factsOf(cy, 'PATCH', path, change)).id)
      const done = await Promise.allSettled([
        ana.call('DELETE', path, undefined, { 'postern-seal': first }),
        cy.call('DELETE', path, undefined, { 'postern-seal': second }),
        cy.call('PATCH', path, change, { 'postern-seal': third }),
      ])
      assert.equal(done.slice(0, 2).filter(({ status }) => status === 'fulfilled').length, 1)
      const { items } = await ana.call<{ items: { action: string; target: { id: string } }[] }>('GET', '/audit')
      const told = items.filter(({ target }) => target.id === application.id).map(({ action }) => action)
      assert.deepEqual(
        [told[0], told.filter((action) => action === 'application.ended').length],
        ['application.ended', 1],
      )
    })

    await t.test('Home has for each person what they may open', async () => {
      assert.deepEqual([await namesOf(ana), await namesOf(bo), await namesOf(gus)], [['grafana'], ['grafana'], []])
      assert.deepEqual(await toolsOf(bo), [
        {
          slug: 'grafana',
          name: 'Grafana',
          description: 'Dashboards',
          kind: 'openid',
          recipe: 'grafana',
          opensAt: 'https://grafana.example/',
          needs: null,
        },
      ])
      await ana.act('PATCH', at, { audience: 'everyone', launchUrl: 'https://grafana.example/d/first' })
      assert.equal((await toolsOf(gus))[0]?.opensAt, 'https://grafana.example/d/first')
      await ana.act('PATCH', at, { audience: 'groups', groups: ['clients'] })
      assert.deepEqual([await namesOf(ana), await namesOf(bo), await namesOf(gus)], [[], [], ['grafana']])
      await ana.act('PATCH', at, { strength: 'attested' })
      assert.match((await toolsOf(gus))[0]?.needs ?? '', /^To open Grafana you need a hardware key/)
      await ana.act('PATCH', at, { strength: null })
    })

    await t.test('what was changed, from what to what, is read under Audit', async () => {
      const said = async () =>
        (await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=application.changed')).items[0]
          ?.sentence
      assert.equal(await said(), 'Ana Example changed the application Grafana: strength: attested → none')
      const redirectUris = [
        ...(grafana.settings as { redirectUris: string[] }).redirectUris,
        'https://grafana.example/b',
      ]
      await ana.act('PATCH', at, { name: 'Boards', settings: { redirectUris, groups: 'audience', isThirdParty: true } })
      assert.equal(
        await said(),
        `Ana Example changed the application Grafana: name: Grafana → Boards; belongs to somebody else: no → yes; redirect URIs: ${redirectUris[0]} → ${redirectUris.join(', ')}`,
      )
      await ana.act('PATCH', at, { name: 'Grafana', audience: 'groups', groups: ['crew'], settings: grafana.settings })
      assert.match((await said()) ?? '', /; open to: the groups clients → the groups crew;/)
      await ana.act('PATCH', at, { audience: 'groups', groups: ['clients'] })
    })

    await t.test('a group that goes leaves its application open to nobody, never to everybody', async () => {
      await ana.act('DELETE', '/groups/clients')
      const view = await ana.call<ApplicationView>('GET', at)
      assert.deepEqual([view.audience, view.groups], ['groups', []])
      assert.deepEqual([await namesOf(ana), await namesOf(bo), await namesOf(gus)], [[], [], []])
      // Another group of that name is another group.
      await ana.act('POST', '/groups', { name: 'clients', description: '' })
      await ana.act('PUT', '/groups/clients/members/gus', {})
      assert.deepEqual(await namesOf(gus), [])
      await ana.act('PATCH', at, { groups: ['crew', 'clients'] })
      assert.deepEqual([await namesOf(bo), await namesOf(gus)], [['grafana'], ['grafana']])
    })

    await t.test('a group that goes while an application comes to name it is no group by then', async () => {
      await ana.act('POST', '/groups', { name: 'brief', description: '' })
      const { database } = postern.postern.ceremonies
      const going = (tx: Tx<'userGroup'>) => tx.deleteFrom('userGroup').where('name', '=', 'brief').execute()
      const named = await inFront({ database, write: going }, () =>
        refused(ana.act('PATCH', at, { groups: ['crew', 'brief'] }), 422, 'invalid-input'),
      )
      assert.equal(named.status, 'fulfilled', String(named.status === 'rejected' && named.reason))
    })

    await t.test('a group that a directory keeps serves as well', async () => {
      const { database } = postern.postern.ceremonies
      const { connection } = await ana.act<{ connection: { id: string } }>('POST', '/directory/connections', {
        name: 'Okta',
        kind: 'okta',
        tokenDays: 30,
      })
      await database.write((tx) =>
        tx.updateTable('userGroup').set({ managedBy: connection.id }).where('name', '=', 'crew').execute(),
      )
      await ana.act('PATCH', at, { audience: 'groups', groups: ['crew'] })
      assert.deepEqual([await namesOf(bo), await namesOf(gus)], [['grafana'], []])
    })

    await t.test('a test sign-in says what would be sent, or why not, and by which rules', async () => {
      const about = (username?: string) =>
        ana.call<SignInTest>('POST', `${at}/test`, username === undefined ? {} : { username })
      const self = await about()
      assert.deepEqual([self.person.username, self.outcome, self.sent], ['ana', 'deny', []])
      assert.match(self.sentence ?? '', /^Grafana is not open to you/)
      const other = await about('bo')
      assert.equal(other.outcome, 'allow')
      const sent = Object.fromEntries(other.sent.map((one) => [one.name, one.value]))
      assert.deepEqual([sent['preferred_username'], sent['groups']], ['bo', ['crew']])
      assert.deepEqual([sent['acr'], sent['amr']], ['phr', ['user', 'pop']])
      await setRules(ana, [
        {
          id: 'dashboards',
          title: 'Dashboards by hardware key',
          mode: 'enforce',
          who: ['group:crew'],
          does: ['application.use'],
          where: { applications: ['grafana'] },
          requires: { strength: 'attested' },
        },
        {
          id: 'elsewhere',
          title: 'Something else',
          mode: 'enforce',
          who: ['everyone'],
          does: ['merge'],
          requires: { strength: 'device-bound' },
        },
      ])
      const asked = await about('bo')
      assert.equal(asked.outcome, 'step-up')
      assert.match(asked.sentence ?? '', /^To open Grafana you need a hardware key/)
      assert.deepEqual(
        asked.rules.map(({ id }) => id),
        ['dashboards'],
      )
      await setRules(ana, [])
      await refused(about('nobody'), 404, 'not-found')
      // Over by its date, although nothing has carried that out yet.
      const { database } = postern.postern.ceremonies
      const ends = (endsAt: number | null) =>
        database.write((tx) => tx.updateTable('user').set({ endsAt }).where('username', '=', 'gus').execute())
      await ends(1)
      await refused(about('gus'), 422, 'invalid-input')
      await ends(null)
      await refused(ana.call('POST', '/applications/nowhere/test', {}), 404, 'not-found')
    })

    await t.test('a test sign-in says the same of a tool by SAML, and of one behind the proxy', async () => {
      const groups = { audience: 'groups', groups: ['crew'] }
      const attributes = [
        { name: 'uid', value: 'username' },
        { name: 'teams', value: 'audience' },
      ]
      const tools = [
        {
          kind: 'saml',
          slug: 'by-saml',
          settings: { entityId: 'urn:saml', acsUrls: ['https://s.example/acs'], attributes },
        },
        {
          kind: 'route',
          slug: 'by-proxy',
          settings: {
            host: 'by-proxy.localhost',
            upstream: 'http://127.0.0.1:9',
            identityHeaders: { 'Remote-User': 'username', 'Remote-Groups': 'groups' },
          },
        },
      ]
      const rule = {
        id: 'tools',
        title: 'Tools by hardware key',
        mode: 'report' as const,
        who: ['group:crew'],
        does: ['application.use'],
        requires: { strength: 'attested' as const },
      }
      await setRules(ana, [rule])
      for (const { slug, ...tool } of tools) {
        await ana.act('POST', '/applications', { ...grafana, ...groups, recipe: null, slug, name: slug, ...tool })
        const self = await ana.call<SignInTest>('POST', `/applications/${slug}/test`, {})
        assert.deepEqual([self.outcome, self.sent], ['deny', []], slug)
        const other = await ana.call<SignInTest>('POST', `/applications/${slug}/test`, { username: 'bo' })
        assert.deepEqual([other.outcome, other.rules.map(({ id }) => id)], ['allow', ['tools']])
        const sent = Object.fromEntries(other.sent.map(({ name: called, value }) => [called, value]))
        if (slug === 'by-saml') assert.deepEqual([sent['NameID'], sent['uid'], sent['teams']], ['bo', 'bo', 'crew'])
        else assert.deepEqual([sent['Remote-User'], sent['Remote-Groups']], ['bo', 'crew'], JSON.stringify(sent))
        await ana.act('DELETE', `/applications/${slug}`)
      }
      await setRules(ana, [])
    })

    await t.test('it ends: nobody opens it, and its short name is free', async () => {
      const { shownOnce } = await ana.act<ApplicationMade>('POST', `${at}/secret`, {})
      assert.equal(shownOnce[0]?.name, 'clientSecret')
      await ana.act('DELETE', at)
      assert.deepEqual(await namesOf(bo), [])
      await refused(ana.call('GET', at), 404, 'not-found')
      const { application } = await ana.act<ApplicationMade>('POST', '/applications', grafana)
      assert.notEqual(application.id, clientId)
      const { items } = await ana.call<{ items: { action: string; target: { kind: string } }[] }>('GET', '/audit')
      const told = items.filter(({ target }) => target.kind === 'application').map(({ action }) => action)
      assert.deepEqual([...new Set(told)].sort(), [
        'application.added',
        'application.changed',
        'application.ended',
        'application.secret-rotated',
      ])
    })

    await t.test('the gallery tells which values are known beforehand', async () => {
      const { items, kinds } = await ana.call<RecipeList>('GET', '/applications/recipes')
      assert.ok(items.some(({ product }) => product === 'Grafana'))
      const openid = kinds.find(({ kind }) => kind === 'openid')
      assert.equal(openid?.values.find((value) => value.name === 'issuer')?.value, `${postern.origin}/oidc`)
    })

    await t.test('what a recipe fills in is taken as it is, and what it says to paste is all there', async () => {
      const { items } = await ana.call<RecipeList>('GET', '/applications/recipes')
      for (const { id, product, kind, asks, description, launchUrl, settings, steps } of items) {
        const asked: Record<string, string> = Object.fromEntries(asks.map((each) => [each.name, each.example]))
        // Where this instance runs no other names work.
        if (kind === 'route') asked['host'] = 'by-recipe.localhost'
        const { application, shownOnce } = await ana.act<ApplicationMade>('POST', '/applications', {
          kind,
          slug: 'by-recipe',
          name: product,
          description,
          recipe: id,
          launchUrl: launchUrl && fill(launchUrl, asked),
          audience: 'members',
          groups: [],
          strength: null,
          settings: fillAll(settings, asked),
        })
        const given = [...application.values, ...shownOnce].map((each) => [each.name, each.value] as const)
        const values = { ...asked, ...Object.fromEntries(given) }
        for (const { text, code = '', values: named = [] } of steps) {
          assert.deepEqual(namesIn(fill(`${text}\n${code}`, values)), [], product)
          for (const each of named) assert.ok((values[each] ?? '') !== '', `${product}: ${each}`)
        }
        await ana.act('DELETE', '/applications/by-recipe')
      }
    })
  })
