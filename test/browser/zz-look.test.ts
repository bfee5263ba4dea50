import { test } from 'node:test'
import { makeRoute } from '../support/make-route.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, openStory } from './story.ts'
test('look', { timeout: 100_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page } = story
  const ana = await postern.owner()
  const wiki = await makeRoute(ana, 'wiki', { upstream: 'http://127.0.0.1:9' }, { audience: 'everyone', strength: 'attested' })
  await makeRoute(ana, 'board', { upstream: 'http://127.0.0.1:9' })
  const { link } = await ana.act<{ link: string }>('POST', '/people', { username: 'bo', displayName: 'Bo Example', email: 'bo@example.com', role: 'member' })
  await page.goto(link)
  await button(page, 'Create my passkey').click()
  await page.waitForURL(`${postern.origin}/-/**`)
  await page.getByText(/works/).first().waitFor()
  const look = (name: string, url: string, shows: string) => lookAtPage(page, postern.origin, { name: `zz-${name}`, route: '/-/route', url, shows })
  await look('unknown', '/-/route?route=none.localhost', 'There is no such tool here')
  await look('signout', '/-/route?signOut=yes', 'Stay signed in')
  await look('stronger', '/-/route?route=wiki.localhost', 'stronger key')
  await page.addInitScript(`Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15' })`)
  await look('safari', '/-/route?route=board.localhost', 'Safari needs one line first')
  await page.goto(`${new URL(wiki).protocol}//board.localhost:${new URL(wiki).port}/`)
  await look('sessions', '/-/account/sessions', 'Also signed in to')
})
