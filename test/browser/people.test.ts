import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { newId } from '../../src/database/id.ts'
import { createUser } from '../../src/identity/users.ts'
import type { OrganisationRole } from '../../src/database/schema.ts'
import type { StartedPostern } from '../support/start-postern.ts'
import { admit } from './organisation.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, link, openStory, see, seeTitle, type Story, tap } from './story.ts'

const dayMs = 86_400_000

// Ana looks after the people: who has no key, who relies on synced ones, who leaves soon; and changes a role.
test('people at a glance', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  await step('an owner, and people of all kinds', async () => {
    await setUp(story)
    await addPeople(story)
  })
  await using bo = await admit(story, 'Bo', { role: 'member', key: { isSynced: true } })
  await step('the list says how strong each is; chips narrow it, and the address keeps them', async () => {
    await page.goto(`${postern.origin}/-/people`)
    await see(page, 'Everybody here 6')
    await see(page, 'Synced passkey')
    await visitor.photograph('people')
    await page.getByText('No passkey 4', { exact: true }).click()
    await page.waitForURL(/filter=no-passkey/)
    await link(page, 'Bo Example').waitFor({ state: 'detached' })
    await link(page, 'Nora Nokey').waitFor()
    await page.reload()
    await link(page, 'Nora Nokey').waitFor()
    await page.getByText('Only synced 1', { exact: true }).click()
    await link(page, 'Bo Example').waitFor()
    await link(page, 'Nora Nokey').waitFor({ state: 'detached' })
    await page.getByText('Guests ending within 30 days 1', { exact: true }).click()
    await link(page, 'Gil Guest').waitFor()
    await link(page, 'Gia Guest').waitFor({ state: 'detached' })
    await page.getByText('Guests nobody answers for 1', { exact: true }).click()
    await see(page, 'Nobody answers for them')
    await page.getByText('Ended 1', { exact: true }).click()
    await link(page, 'Ed Ended').waitFor()
    await page.getByText('Everybody here 6', { exact: true }).click()
    await page.getByLabel('Find people').fill('nora')
    await link(page, 'Bo Example').waitFor({ state: 'detached' })
    await link(page, 'Nora Nokey').click()
    await seeTitle(page, 'Nora Nokey')
    await see(page, 'never here')
    await link(page, 'Guide to this page').click()
    await seeTitle(page, 'Somebody leaves')
  })

  await step('a role is changed by a tap; the last owner’s is not, and says why', async () => {
    await page.goto(`${postern.origin}/-/people/bo`)
    await seeTitle(page, 'Bo Example')
    await button(page, 'Change role').click()
    await choose(page, 'Role', 'Administrator')
    await visitor.photograph('change-role')
    await button(dialog(page), 'Change with a tap').click()
    await see(dialog(page), 'Make Bo Example (bo) an administrator')
    await tap(page)
    await see(page, 'Everything: they administer the organisation.')
    await page.goto(`${postern.origin}/-/people/ana`)
    const refused = button(page, 'Change role')
    await refused.hover()
    await see(page, /This is the last owner/)
    assert.equal(await refused.getAttribute('aria-disabled'), 'true')
  })

  await step('a member sees names, and nothing to look after', async () => {
    await page.goto(`${postern.origin}/-/people/bo`)
    await button(page, 'Change role').click()
    await choose(page, 'Role', 'Member')
    await button(dialog(page), 'Change with a tap').click()
    await tap(page)
    await see(page, /^Internal repositories/)
    await bo.page.goto(`${postern.origin}/-/people`)
    await see(bo.page, 'Nora Nokey')
    assert.equal(await button(bo.page, 'Invite people').count(), 0)
    assert.equal(await link(bo.page, 'Nora Nokey').count(), 0)
    assert.equal(await bo.page.getByText(/^No passkey/).count(), 0)
    await bo.photograph('people-member')
    await bo.page.goto(`${postern.origin}/-/guardrails`)
    await seeTitle(bo.page, 'This page is not open to you')
    assert.equal(await button(bo.page, 'Try again').count(), 0, 'it would not help')
  })
  await step('a long list comes a page at a time, and can be searched', () => readLongLists(story))
  await step('whatever is still on its way says so, on every kind of page', () => waitForAnswers(story))
  assert.deepEqual([...visitor.errors, ...bo.errors], [])
})

async function readLongLists({ page, postern }: Story): Promise<void> {
  await addMany(postern)
  const isPaged = async (url: string, rows: Locator, open?: Locator): Promise<void> => {
    await page.goto(`${postern.origin}${url}`)
    await open?.click()
    await button(page, 'Show more').waitFor()
    assert.equal(await rows.count(), 50, url)
    await button(page, 'Show more').click()
    await button(page, 'Show more').waitFor({ state: 'detached' })
    assert.ok((await rows.count()) >= 60, url)
  }
  const listed = (name: string) => page.getByRole('list', { name }).getByRole('listitem')
  await isPaged('/-/people?q=crew', listed('People'))
  await isPaged('/-/projects', listed('Projects'))
  const crew = page.getByRole('region', { name: 'crew' })
  await isPaged('/-/groups', crew.getByText(/^Crew \d+$/), crew.getByRole('button', { name: /^and \d+ more$/ }))
  await page.goto(`${postern.origin}/-/projects`)
  const find = page.getByRole('textbox', { name: 'Find a project' })
  await find.fill('project-12')
  await listed('Projects').nth(1).waitFor({ state: 'detached' })
  await find.press('Control+A')
  await find.press('Backspace')
  await listed('Projects').nth(1).waitFor()
  assert.ok(await find.evaluate((field) => field.matches(':focus')), 'the field stays under the fingers')
  await button(page, 'Show more').click()
  await button(page, 'Show more').waitFor({ state: 'detached' })
  assert.equal(await find.count(), 1, 'and above a long list that is there as a whole')
  await page.goto(`${postern.origin}/-/repositories/new`)
  await page.getByRole('combobox', { name: 'Project' }).fill('project-62')
  await page.getByRole('option', { name: 'project-62' }).waitFor()
  const offered = await page.getByRole('option').allInnerTexts()
  assert.deepEqual(offered, ['project-62'], 'what is chosen is no answer to what is typed')
  // Nobody who is in a group is taken into it once more: neither whom its card does not show yet, nor whom it does.
  await page.goto(`${postern.origin}/-/groups`)
  const added = crew.getByRole('combobox', { name: 'Add a person to crew' })
  await added.fill('crew-65')
  await page.getByRole('option', { name: 'Crew 65' }).click()
  await button(crew, 'Add with a tap').and(page.locator('[aria-disabled=true]')).waitFor()
  await crew.getByRole('button', { name: /^and \d+ more$/ }).click()
  await see(crew, 'Crew 59')
  await added.fill('crew-5')
  await see(page, 'Nobody else by that name')
}

/** Every answer is held back for a while: the page says that it waits, and what it then shows is whole. */
async function waitForAnswers({ page, postern }: Story): Promise<void> {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>()
  const isOwn = (url: URL): boolean =>
    url.pathname.startsWith('/api/v1/') && !/\/(instance|me|live)$/.test(url.pathname)
  let held = mayAnswer
  let release = answer
  await page.route(isOwn, async (route) => {
    await held
    // Of a page that was left meanwhile nobody waits for it.
    await route.continue().catch(() => {})
  })
  const waiting = page.getByRole('status').filter({ hasText: 'Loading' }).or(page.getByLabel('Loading the page'))
  for (const [url, title] of [
    ['/', 'Hello, Ana Example'],
    ['/-/people', 'People'],
    ['/-/projects', 'Projects'],
    ['/project-10', 'project-10'],
    ['/-/account/tokens', 'Account'],
    ['/-/audit', 'Audit'],
    ['/-/guardrails', 'Guardrails'],
    ['/-/inbox', 'Inbox'],
  ] as const) {
    await page.goto(`${postern.origin}${url}`)
    await waiting.first().waitFor()
    release()
    await seeTitle(page, title)
    await waiting.first().waitFor({ state: 'detached' })
    ;({ promise: held, resolve: release } = Promise.withResolvers<void>())
  }
  release()
  await page.unroute(isOwn)
}

async function addMany({ postern }: StartedPostern): Promise<void> {
  const { database, now } = postern.ceremonies
  const at = now()
  await database.write(async (tx) => {
    const { id: createdBy } = await tx
      .selectFrom('user')
      .select('id')
      .where('username', '=', 'ana')
      .executeTakeFirstOrThrow()
    const groupId = newId('grp')
    const own = { description: '', isDemo: 0, createdAt: at } as const
    await tx
      .insertInto('userGroup')
      .values({ ...own, id: groupId, name: 'crew', managedBy: null, organisationRole: null })
      .execute()
    for (let count = 10; count < 70; count += 1) {
      const named = { username: `crew-${count}`, displayName: `Crew ${count}`, email: `crew-${count}@example.com` }
      const { id: userId } = await createUser(tx, { ...named, role: 'member', createdBy, at })
      await tx.insertInto('groupMember').values({ groupId, userId, joinedAt: at }).execute()
      await tx
        .insertInto('project')
        .values({ ...own, id: newId('prj'), name: `project-${count}`, createdBy })
        .execute()
    }
  })
}

async function addPeople({ postern }: Story): Promise<void> {
  const { database, now } = postern.postern.ceremonies
  const at = now()
  await database.write(async (tx) => {
    const add = (username: string, displayName: string, role: OrganisationRole, more: object = {}) =>
      createUser(tx, { username, displayName, email: `${username}@example.com`, role, createdBy: null, at, ...more })
    await add('nora', 'Nora Nokey', 'member')
    await add('gil', 'Gil Guest', 'guest', { endsAt: at + 3 * dayMs })
    const ana = await tx.selectFrom('user').select('id').where('username', '=', 'ana').executeTakeFirstOrThrow()
    await add('gia', 'Gia Guest', 'guest', { endsAt: at + 60 * dayMs, sponsorId: ana.id })
    await add('max', 'Maximiliane Wolkenstein-Trostburg', 'admin')
    await add('robot', 'Robot', 'guest', { kind: 'agent', ownerId: ana.id, email: '' })
    const { id } = await add('ed', 'Ed Ended', 'member')
    await tx.updateTable('user').set({ state: 'ended' }).where('id', '=', id).execute()
  })
}
