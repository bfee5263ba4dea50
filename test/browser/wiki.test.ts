import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashSync } from 'bcryptjs'
import { password } from '../support/passwords.ts'
import { RouteBrowser } from '../support/route-browser.ts'
import { fallAtLookAlike, holdDownload, refuseAtLookAlike } from '../support/tools/attacks.ts'
import { skipDokuwiki, startDokuwiki } from '../support/tools/dokuwiki.ts'
import { linesByRecipe } from '../support/tools/by-recipe.ts'
import { guests, openOffice, openWithTap } from '../support/tools/office.ts'
import { button, link, see, seeTitle } from './story.ts'

const fileBytes = 64 * 1024 ** 2
const pages = {
  start: '====== The house ======\nAll we know.',
  'website:start': '====== Website ======\nFor guests too.',
}

// DokuWiki, as Debian ships it, behind a route: one tap opens it, and its end closes it.
test('a wiki behind the proxy', { timeout: 280_000, skip: skipDokuwiki }, async (context) => {
  await using office = await openOffice(context)
  const { postern, visitor, page, phone, step, ana, addressOf } = office
  const wiki = addressOf('wiki')
  const [settings, rights = ''] = linesByRecipe(office, 'dokuwiki', 'wiki')
  await using dokuwiki = await startDokuwiki(join(office.folder, 'wiki'), {
    local: "$conf['title'] = 'What we know';\n",
    protected: settings,
    acl: [rights, `website:*\t@${guests.replace('-', '%2d')}\t8`],
    pages,
    media: { name: 'website/film.zip', bytes: fileBytes },
  })
  const { issuer, audience } = await office.addRoute('wiki', dokuwiki.url, 'dokuwiki')
  assert.deepEqual([issuer, audience], [postern.origin, wiki])

  await step('one tap, and the wiki knows who it is', async () => {
    await openWithTap(page, wiki)
    await see(page.locator('.user'), 'Ben Example')
    await see(page, 'All we know.')
    await visitor.photograph('wiki')
  })

  await step('and writes in it', async () => {
    await page.goto(`${wiki}/doku.php?id=website:plans&do=edit`)
    await page.locator('#wiki__text').fill('====== Plans ======\nA new front page.')
    await button(page, 'Save').click()
    await see(page, 'A new front page.')
    await see(page.locator('.docInfo'), 'ben')
  })

  await step('signing out there is signing out of the route; a click leads back', async () => {
    await link(page, 'Log Out').click()
    await see(page, 'You are signed out of wiki')
    await link(page, 'Open wiki again').click()
    await see(page.locator('.user'), 'Ben Example')
  })

  await step('a guest on a phone reads and writes in one namespace, whatever the phone says', async () => {
    const at = phone.page
    await openWithTap(at, `${wiki}/doku.php?id=website:plans`)
    await see(at, 'A new front page.')
    await phone.context.setExtraHTTPHeaders({ 'X-Postern-Jwt-Assertion': 'of.somebody.else', 'Remote-User': 'ana' })
    for (const path of ['/doku.php?id=start', '/doku.php?id=start&do=edit', '/doku.php?id=start&do=export_raw']) {
      const text = await (await at.goto(`${wiki}${path}`))?.text()
      assert.doesNotMatch(text ?? '', /All we know/, path)
    }
    await at.goto(`${wiki}/doku.php?id=start`)
    await see(at, 'Permission Denied')
    await phone.photograph('wiki-guest')
    await phone.context.setExtraHTTPHeaders({})
  })

  await step('a guest whose name the wiki would write like somebody else’s is nobody there', async () => {
    const other = await postern.join(ana, 'ben-', 'guest')
    await ana.act('PUT', `/groups/${guests}/members/ben-`, {})
    const { body } = await new RouteBrowser(other).visit(`${wiki}/doku.php?id=website:plans`)
    assert.match(body, /Permission Denied/)
    assert.doesNotMatch(body, /class="user"|A new front page/)
  })

  await step('another tool gets a word about her, and cannot use it here', async () => {
    const heard: (string | undefined)[] = []
    const other = createServer((request, response) => {
      heard.push([request.headers['x-postern-jwt-assertion']].flat()[0])
      response.end('another tool')
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    await office.addRoute('board', `http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    await page.goto(addressOf('board'))
    await see(page, 'another tool')
    other.close()
    const [assertion = ''] = heard
    const read = async (headers: Record<string, string>): Promise<string> =>
      (await fetch(`${dokuwiki.url}/doku.php?id=start`, { headers })).text()
    assert.equal(assertion.split('.').length, 3)
    assert.doesNotMatch(await read({ 'x-postern-jwt-assertion': assertion }), /All we know/)
    assert.doesNotMatch(await read({ 'remote-user': 'ben' }), /All we know/)
    const cookies = (await page.context().cookies(wiki)).map(({ name, value }) => `${name}=${value}`)
    assert.doesNotMatch(await read({ cookie: cookies.join('; ') }), /All we know/, 'around the proxy there is nobody')
  })

  await step('a look-alike gets nothing from a passkey', () => refuseAtLookAlike(office, 'wiki'))

  await step('and everything from a password', async () => {
    await using own = await startDokuwiki(join(office.folder, 'own'), {
      local: "$conf['useacl'] = 1;\n",
      acl: ['*\t@ALL\t0', '*\t@user\t8'],
      pages,
      users: [`mo:${hashSync(password, 4).replace('$2b$', '$2y$')}:Mo Own:mo@example.com:user`],
    })
    await fallAtLookAlike(office, own.url, {
      path: '/doku.php?id=start&do=login',
      async signIn(at) {
        await at.locator('input[name=u]').fill('mo')
        await at.locator('input[name=p]').fill(password)
        await button(at, 'Log In').click()
        await see(at.locator('.user'), 'Mo Own')
      },
      secrets: () => [password],
    })
    const stolen = await fetch(`${own.url}/doku.php?id=start`, {
      method: 'POST',
      body: new URLSearchParams({ u: 'mo', p: password }),
    })
    assert.match(await stolen.text(), /All we know/)
  })

  await step('access ends: the download in the middle, the next click, the next tap', async () => {
    await page.goto(`${wiki}/doku.php?id=website:start`)
    const readOn = await holdDownload(page, `${wiki}/lib/exe/fetch.php?media=website:film.zip`)
    await ana.act('POST', '/people/ben/end', { reason: 'left' })
    const { bytes, isCut } = await readOn()
    assert.ok(isCut && bytes < fileBytes, `${bytes} bytes came`)
    await page.getByRole('link', { name: 'Recent Changes' }).first().click()
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await page.getByRole('alert').first().waitFor()
    assert.equal(new URL(page.url()).origin, postern.origin)
  })
})
