import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../src/database/id.ts'
import { fillDemo } from '../../src/demo/fill.ts'
import { addChange } from '../../src/guardrails/changes.ts'
import { catalogue } from '../../src/policy/catalogue.ts'
import { firstPolicy } from '../../src/policy/rule.ts'
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
  test(`every page can be read by everybody, ${half} half`, { timeout: 280_000 }, async (context) => {
    await using story = await openStory(context)
    const { postern, page, visitor, laptop } = story
    const { database, place, now } = postern.postern.ceremonies
    await fillDemo({ database, origin: place.origin, address: place.origin, now, say: () => {} })
    await setUp(story)
    const demo = await readDemo(story)
    await addMirrors(story)
    const asked = { address: '203.0.113.9', via: 'session', token: null } as const
    const { code } = await askForTap(postern, { of: 'ana', by: 'demo-maya', asked })
    const pages = ownerPages({ ...demo, change: await changeGuardrails(story), ...(await addWebhook(story)), code })
    const ofHalf = <Item>(list: readonly Item[]): Item[] =>
      list.filter((_, index) => (index % 2 === 0) === (half === 'even'))

    await context.test('no page of the route table is forgotten', () => {
      const table = routeTable()
      assert.ok(table.length > 20, 'the route table was read')
      assert.deepEqual([...new Set([...entryPages, ...pages].map(({ route }) => route))].sort(), table)
    })
    for (const one of ofHalf(pages))
      await context.test(`${one.name}, ${one.url}`, () => lookAtPage(page, postern.origin, one))
    if (half === 'odd') await context.test('the keyboard is enough', () => readKeyboard(story))
    await laptop.setPresence(false)
    await page.goto(postern.origin)
    await visitor.signOut()
    for (const one of ofHalf(entryPages))
      await context.test(`${one.name}, ${one.url}`, () => lookAtPage(page, postern.origin, one))
    await context.test('no page complained', () => assert.deepEqual(visitor.errors, []))
  })
}

/** What the demo made, by what it is good for; and a repository without commits. */
async function readDemo({ page, postern }: Story) {
  const call = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const { request } = page.context()
    const headers = { origin: postern.origin, 'sec-fetch-site': 'same-origin' }
    const url = `${postern.origin}/api/v1/projects/demo/repositories${path}`
    const answer = body === undefined ? await request.get(url) : await request.post(url, { headers, data: body })
    assert.ok(answer.ok(), await answer.text())
    return (await answer.json()) as Answer
  }
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
