import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../src/database/id.ts'
import { fillDemo } from '../../src/demo/fill.ts'
import { addChange } from '../../src/guardrails/changes.ts'
import { createUser } from '../../src/identity/users.ts'
import { catalogue } from '../../src/policy/catalogue.ts'
import { firstPolicy } from '../../src/policy/rule.ts'
import { addPlace } from '../support/upstream-settings.ts'
import { askForTap } from '../support/seal-request.ts'
import { deliveryRow, webhookRow } from '../support/webhook-rows.ts'
import { setUp } from './entry-steps.ts'
import { readKeyboard } from './keyboard-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { entryPages, ownerPages, routeTable } from './page-list.ts'
import { openStory, type Story } from './story.ts'

/**
 * Every page, filled by the demo, light and dark, wide and narrow; and the whole console without a mouse. In two halves,
 * which run beside each other.
 */
export function testPages(half: 'even' | 'odd'): void {
  test(`every page can be read by everybody, ${half} half`, { timeout: 560_000 }, async (context) => {
    await using story = await openStory(context)
    const { postern, page, visitor } = story
    const { database, place, now } = postern.postern.ceremonies
    await fillDemo({ database, origin: place.origin, address: place.origin, now, say: () => {} })
    await setUp(story)
    const demo = await readDemo(story)
    await addMirrors(story)
    await addApplication(story)
    const asked = { address: '203.0.113.9', via: 'session', tokenId: null } as const
    const { code } = await askForTap(postern, { of: 'ana', by: 'demo-maya', asked })
    const pages = ownerPages({
      ...demo,
      change: await changeGuardrails(story),
      ...(await addWebhook(story)),
      ...(await announce(story)),
      glass: await breakGlass(story),
      end: await endSomebody(story),
      connection: await connect(story),
      place: await addPlace(story.postern),
      domain: await addDomain(story),
      code,
    })
    const ofHalf = <Item>(list: readonly Item[]): Item[] =>
      list.filter((_, index) => (index % 2 === 0) === (half === 'even'))

    await context.test('no page of the route table is forgotten', () => {
      const table = routeTable()
      assert.ok(table.length > 20, 'the route table was read')
      assert.deepEqual([...new Set([...entryPages, ...pages].map(({ route }) => route))].sort(), table)
    })
    const [any] = pages
    assert.ok(any)
    const faults =
      '<div style=width:700px><button></button></div>' +
      '<div class=mantine-Button-label style=width:20px;overflow:hidden>Incomprehensible</div>'
    await context.test('a page with a fault is found', () =>
      assert.rejects(
        lookAtPage(page, postern.origin, {
          ...any,
          // A button that says nothing, on something wider than a phone; and one that cannot say all.
          first: () => page.evaluate(`document.body.insertAdjacentHTML('beforeend', '${faults}')`),
        }),
        /light: button-name, .*light: “Incomprehensible” is cut off.*phone: button-name, .*phone: 7\d\d pixels wide/s,
      ),
    )
    for (const one of ofHalf(pages))
      await context.test(`${one.name}, ${one.url}`, () => lookAtPage(page, postern.origin, one))
    if (half === 'odd') await context.test('the keyboard is enough', () => readKeyboard(story))
    await page.goto(postern.origin)
    await visitor.signOut()
    for (const one of ofHalf(entryPages))
      await context.test(`${one.name}, ${one.url}`, () => lookAtPage(page, postern.origin, one))
    await context.test('no page complained', () => assert.deepEqual(visitor.errors, []))
  })
}

/** What the demo made, by what it is good for; and two repositories without commits, one of which is to be imported. */
async function readDemo({ page, postern }: Story) {
  const call = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const { request } = page.context()
    const headers = { origin: postern.origin, 'sec-fetch-site': 'same-origin' }
    const url = `${postern.origin}/api/v1/projects/demo/repositories${path}`
    const answer = body === undefined ? await request.get(url) : await request.post(url, { headers, data: body })
    assert.ok(answer.ok(), await answer.text())
    return (await answer.json()) as Answer
  }
  await call('', { name: 'nothing-here', description: '' })
  await call('', { name: 'nothing-yet', description: '' })
  /** Something said to all, something kept for a review, at a line that the change shows. */
  const discuss = async (path: string): Promise<void> => {
    const { headOid } = await call<{ headOid: string }>(path)
    const { files } = await call<{ files: { index: number; newPath: string | null }[] }>(`${path}/files`)
    const file = files.find(({ newPath }) => newPath !== null)
    const { patch } = await call<{ patch: string }>(`${path}/files/${file?.index ?? 0}`)
    const line = Number(/^@@ -\S+ \+(\d+)/m.exec(patch)?.[1])
    const at = { path: file?.newPath, side: 'head', line, headOid }
    const body = 'Shorter?\n\n```suggestion\n// less\n```'
    await call(`${path}/threads`, { ...at, body, isDraft: false })
    await call(`${path}/threads`, { ...at, body: 'And this?', isDraft: true })
    await call(`${path}/threads`, { body: 'Good **work**.', isDraft: false, headOid })
  }
  const { items } = await call<{ items: { number: number; state: string }[] }>('/tea-shop/pull-requests?state=all')
  const views = await Promise.all(
    items.map(({ number }) =>
      call<{ number: number; mergeOid: string | null; mergeability: { state: string } }>(
        `/tea-shop/pull-requests/${number}`,
      ),
    ),
  )
  const { items: commits } = await call<{ items: { oid: string; subject: string }[] }>('/tea-shop/commits')
  const find = (state: string): number => views.find(({ mergeability }) => mergeability.state === state)?.number ?? 0
  await discuss(`/tea-shop/pull-requests/${find('ready')}`)
  const merged = views.find(({ mergeOid }) => mergeOid !== null)
  return {
    oid: commits.find(({ subject }) => subject === 'Open the shop')?.oid ?? '',
    mergedOid: merged?.mergeOid ?? '',
    merged: merged?.number ?? 0,
    ready: find('ready'),
    conflicting: find('conflicts'),
  }
}

/** A tool that people open beside Git. */
async function addApplication({ postern: { postern } }: Story): Promise<void> {
  const { database, now } = postern.ceremonies
  const id = newId('app')
  const settings = { redirectUris: ['https://grafana.example.com/login/generic_oauth'], groups: 'all' }
  await database.write(async (tx) => {
    await tx
      .insertInto('application')
      .values({
        id,
        slug: 'grafana',
        name: 'Grafana',
        description: 'Dashboards and alerts',
        kind: 'openid' as const,
        recipe: 'grafana',
        launchUrl: null,
        audience: 'members' as const,
        strength: null,
        createdAt: now(),
        createdBy: null,
        endedAt: null,
      })
      .execute()
    await tx
      .insertInto('openidClient')
      .values({
        applicationId: id,
        secretHash: 'none',
        formerHash: null,
        formerUntil: null,
        settings: JSON.stringify(settings),
        changedAt: now(),
      })
      .execute()
  })
}

/** An import that is under way into the empty repository, and a mirror of the other that fails. */
async function addMirrors({ postern: { postern } }: Story): Promise<void> {
  const { database, now } = postern.ceremonies
  const find = (name: string) =>
    database.read
      .selectFrom('repository')
      .select(['id', 'createdBy'])
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
  const [empty, shop, at] = [await find('nothing-yet'), await find('tea-shop'), now()]
  const far = at + 86_400_000
  await database.write(async (tx) => {
    await tx
      .insertInto('repositoryImport')
      .values({
        id: newId('imp'),
        repositoryId: empty.id,
        url: 'https://git.example.com/team/api.git',
        username: '',
        passwordBox: null,
        state: 'running',
        phase: 'receiving',
        objectsDone: 61_000,
        objectsTotal: 98_765,
        bytes: 123_456_789,
        bytesPerSecond: 4_200_000,
        problemCode: null,
        problem: null,
        result: null,
        isCancelled: 0,
        createdBy: empty.createdBy,
        method: 'system',
        strength: 'passkey',
        createdAt: at,
        startedAt: at,
        finishedAt: null,
        beatAt: far,
      })
      .execute()
    await tx
      .insertInto('mirror')
      .values({
        id: newId('mir'),
        repositoryId: shop.id,
        url: 'https://git.example.com/tea/shop.git',
        username: 'bot',
        passwordBox: null,
        branches: '["main","release/*"]',
        overwrites: 0,
        isActive: 1,
        createdBy: shop.createdBy,
        createdAt: at,
        dueAt: far,
        wantedAt: at - 7e5,
        startedAt: null,
        succeededAt: at - 8e5,
        failures: 2,
        problemCode: 'strayed',
        problem: 'Somebody pushed to main there directly, so it was left as it is.',
      })
      .execute()
  })
}

/** Something that the demo's group is told, which no mail server carries. */
async function announce({ postern: { postern } }: Story): Promise<{ announcement: string }> {
  const { database, now } = postern.ceremonies
  const find = database.read.selectFrom('userGroup').select('id').where('name', '=', 'demo-developers')
  const { id: groupId } = await find.executeTakeFirstOrThrow()
  const ana = database.read.selectFrom('user').select('id').where('username', '=', 'ana')
  const [id, at] = [newId('ann'), now()]
  const said = { title: 'Keys that cannot be copied', body: 'It takes two taps.', asksFor: 'attested' } as const
  const { id: createdBy } = await ana.executeTakeFirstOrThrow()
  const row = { id, groupId, ...said, dueAt: at + 86_400_000, createdBy, createdAt: at, endedAt: null }
  await database.write((tx) => tx.insertInto('announcement').values(row).execute())
  return { announcement: id }
}

/** A webhook of the demo's repository whose last delivery was answered badly. */
async function addWebhook({ postern: { postern } }: Story): Promise<{ webhook: string; delivery: string }> {
  const { database, now } = postern.ceremonies
  const repository = await database.read
    .selectFrom('repository')
    .select(['id', 'createdBy'])
    .where('name', '=', 'tea-shop')
    .executeTakeFirstOrThrow()
  const [webhook, delivery, at] = [newId('whk'), newId('dlv'), now()]
  const url = 'https://hooks.example.com/postern?room=tea'
  await database.write(async (tx) => {
    const trouble = { lastStatus: 500, lastError: 'It answered 500.' }
    const { id: repositoryId, createdBy } = repository
    const failing = { failures: 1, failingSince: at, lastAt: at, ...trouble }
    await tx
      .insertInto('webhook')
      .values(webhookRow({ id: webhook, repositoryId, url, createdBy, createdAt: at, ...failing }))
      .execute()
    await tx
      .insertInto('webhookDelivery')
      .values(deliveryRow({ id: delivery, webhookId: webhook, createdAt: at, attempts: 1, tries: 1, ...trouble }))
      .execute()
    await tx
      .insertInto('webhookAttempt')
      .values({
        deliveryId: delivery,
        number: 1,
        startedAt: at,
        durationMs: 40,
        url,
        requestHeaders: JSON.stringify([['webhook-id', delivery]]),
        status: 500,
        responseHeaders: JSON.stringify([['x-answered-by', 'a test']]),
        responseBody: '<h1>Something broke</h1>',
        isCut: 0,
        error: 'It answered 500.',
      })
      .execute()
  })
  return { webhook, delivery }
}

/** One version of the guardrails, by the operator of the machine. */
async function changeGuardrails({ postern: { postern } }: Story): Promise<string> {
  const { database, now } = postern.ceremonies
  const rules = catalogue.map(({ rule }) => ({ ...rule, mode: 'report' as const })).slice(0, 3)
  const proposal = { basedOn: 0, policy: { ...firstPolicy, rules }, caller: null, seal: null, at: now() }
  const { id } = await database.write((tx) => addChange(tx, proposal, 'applied'))
  return id
}

/** Somebody who was here, and whose access ended. */
async function endSomebody({ postern: { postern } }: Story): Promise<string> {
  const { ceremonies, endAccess } = postern
  const { database, now } = ceremonies
  const at = now()
  const row = await database.write(async (tx) => {
    const lena = { username: 'lena', displayName: 'Lena Example', email: 'lena@example.com', role: 'member' } as const
    const { id: userId } = await createUser(tx, { ...lena, createdBy: null, at })
    return endAccess.end(tx, { userId, cause: 'shell', reason: 'Left the organisation', actor: null, at })
  })
  return row?.id ?? ''
}

/** A break-glass code that somebody has used, and nobody has looked at. */
async function breakGlass({ postern }: Story): Promise<string> {
  const { database, now } = postern.postern.ceremonies
  const at = now()
  return database.write(async (tx) => {
    const { id: userId } = await tx
      .selectFrom('user')
      .select('id')
      .where('username', '=', 'demo-maya')
      .executeTakeFirstOrThrow()
    const id = newId('bgc')
    const none = { voidedAt: null, linkId: null, newCredentialId: null, reviewedAt: null, reviewedBy: null }
    await tx
      .insertInto('breakGlass')
      .values({
        ...none,
        id,
        codeHash: id,
        userId,
        createdAt: at,
        createdBy: userId,
        sealId: newId('sea'),
        usedAt: at,
        address: '203.0.113.9',
        reviewSealId: null,
        remindedAt: null,
      })
      .execute()
    return id
  })
}

/** A directory that keeps the demo's group and was refused something a minute ago. */
async function connect({ postern: { postern } }: Story): Promise<string> {
  const { database, now } = postern.ceremonies
  const at = now()
  return database.write(async (tx) => {
    const { id: createdBy } = await tx
      .selectFrom('user')
      .select('id')
      .where('username', '=', 'ana')
      .executeTakeFirstOrThrow()
    const id = newId('dir')
    const none = { formerTokenHash: null, formerTokenUntil: null, endedAt: null, endedBy: null, endSealId: null }
    const refusal = { lastError: 'The name maya belongs to somebody who is here already.', lastErrorAt: at }
    await tx
      .insertInto('directoryConnection')
      .values({
        ...none,
        ...refusal,
        id,
        name: 'Okta',
        kind: 'okta',
        tokenHash: id,
        tokenMadeAt: at,
        tokenExpiresAt: at + 86_400_000,
        requiredGroupId: null,
        createdAt: at,
        createdBy,
        lastRequestAt: at,
        endsPeople: 0,
      })
      .execute()
    await tx
      .insertInto('userGroup')
      .values({
        id: newId('grp'),
        name: 'Everybody-at-Acme',
        description: '',
        isDemo: 0,
        createdAt: at,
        managedBy: id,
        organisationRole: 'member',
      })
      .execute()
    return id
  })
}

/** A verified domain whose proof is not found today, and its one account, whose person objects. */
async function addDomain({ postern: { postern } }: Story): Promise<string> {
  const { database, now } = postern.ceremonies
  const at = now()
  return database.write(async (tx) => {
    const who = { role: 'member' as const, createdBy: null, at }
    const otto = await createUser(tx, {
      ...who,
      username: 'otto',
      displayName: 'Otto Objects',
      email: 'otto@acme.example',
    })
    const id = newId('dom')
    const proof = { verifiedBy: 'dns' as const, verifiedAt: at - 90_000_000, checkedAt: at, failingSince: at }
    const lastError = '_postern-challenge.acme.example has no TXT record.'
    const made = { state: 'verified' as const, createdAt: at, createdBy: otto.id }
    await tx
      .insertInto('domain')
      .values({ id, name: 'acme.example', token: 'x'.repeat(43), ...proof, lastError, ...made })
      .execute()
    const claim = { id: newId('clm'), domainId: id, userId: otto.id, state: 'objected' as const, noticedBy: otto.id }
    const times = { noticedAt: at - 3, objectedAt: at - 2, graceEndsAt: at - 1, decidedAt: null, decidedBy: null }
    await tx
      .insertInto('domainClaim')
      .values({ ...claim, ...times })
      .execute()
    return id
  })
}
