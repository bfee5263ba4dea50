import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fillDemo } from '../../src/demo/fill.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { setUp } from './entry-steps.ts'
import { button, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

// What `--demo` fills in says everywhere that it is an example, and goes with a tap; what is one's own stays.
test('the example organisation: filled, labelled, and removed from Home', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const { database, place, now } = postern.postern.ceremonies
  await fillDemo({ database, origin: place.origin, address: place.origin, now, say: () => {} })
  await setUp(story)
  await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
  const rowOf = (name: string) =>
    page
      .getByRole('listitem')
      .filter({ has: link(page, name) })
      .first()
  const badge = { name: 'Demo', exact: true } as const

  await step('filled: a repository with merged and open pull requests', async () => {
    await page.goto(`${postern.origin}/demo/tea-shop`)
    await see(page, /An example to look around in/)
    await page.getByText(badge.name, { exact: true }).waitFor()
    await page.goto(`${postern.origin}/demo/tea-shop/pull-requests?state=all`)
    await see(page, 'Merged')
    await see(page, 'Open')
  })

  await step('labelled: project, person and group', async () => {
    await page.goto(`${postern.origin}/-/projects`)
    await rowOf('demo').getByText(badge.name, { exact: true }).waitFor()
    assert.equal(await rowOf('acme').getByText(badge.name, { exact: true }).count(), 0)
    await page.goto(`${postern.origin}/-/people`)
    await rowOf('Maya Demo').getByText(badge.name, { exact: true }).waitFor()
    assert.equal(await rowOf('Ana Example').getByText(badge.name, { exact: true }).count(), 0)
    await page.goto(`${postern.origin}/-/groups`)
    await page.getByRole('region', { name: 'demo-developers' }).getByText(badge.name, { exact: true }).waitFor()
  })

  await step('removed from Home, with a tap', async () => {
    await page.goto(postern.origin)
    await seeTitle(page, 'Hello, Ana Example')
    await see(page, 'A demo organisation is filled in')
    await visitor.photograph('demo-home')
    await button(page, 'Remove the demo').click()
    await see(dialog(page), /What you made yourself stays/)
    await button(dialog(page), 'Remove with a tap').click()
    await see(dialog(page), 'Remove the demo organisation')
    await tap(page)
    await page.getByText('A demo organisation is filled in').waitFor({ state: 'detached' })
    await page.goto(`${postern.origin}/-/projects`)
    await link(page, 'acme').waitFor()
    assert.equal(await link(page, 'demo').count(), 0)
    await page.goto(`${postern.origin}/-/people`)
    await link(page, 'Ana Example').waitFor()
    assert.equal(await page.getByText('Maya Demo').count(), 0)
  })
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})
