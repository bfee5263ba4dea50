import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visitor } from '../support/chromium.ts'
import { startEcho } from '../support/echo-upstream.ts'
import { makeRoute } from '../support/make-route.ts'
import { setRules } from '../support/guardrails.ts'
import { freePort } from '../support/start-postern.ts'
import { button, linesOf, link, openStory, see, seeTitle } from './story.ts'

// Somebody opens a wiki that knows nothing of passkeys, and is asked for nothing but their own key.
test('people open a tool behind the proxy', { timeout: 280_000 }, async (context) => {
  await using upstream = await startEcho()
  let skipped = 0
  await using story = await openStory(context, { now: () => Date.now() + skipped })
  const { postern, page, step, visitor } = story
  const ana = await postern.owner()
  const wiki = await makeRoute(ana, 'wiki', {
    upstream: upstream.url,
    identityHeaders: { 'Remote-User': 'username' },
    rules: [{ title: 'A tap to delete', paths: ['/delete*'], requires: { freshnessSeconds: 60 } }],
  })
  await ana.act('POST', '/groups', { name: 'nobody', description: '' })
  const board = await makeRoute(ana, 'board', { upstream: upstream.url }, { audience: 'groups', groups: ['nobody'] })
  const { link: invitation } = await ana.act<{ link: string }>('POST', '/people', {
    username: 'bo',
    displayName: 'Bo Example',
    email: 'bo@example.com',
    role: 'member',
  })

  await step('they register, and sign out again', async () => {
    await page.goto(invitation)
    await button(page, 'Create my passkey').click()
    await page.waitForURL(/step=next/)
    await page.goto(`${postern.origin}/-/account/sessions`)
    await seeTitle(page, /Account/)
    await visitor.signOut()
  })

  await step('at the wiki’s own address they are led to sign in, and back to the page they wanted', async () => {
    await page.goto(`${wiki}/pages/start?do=show`)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await page.waitForURL(`${wiki}/pages/start?do=show`)
    await see(page, /"remote-user":\s*"bo"/)
    const cookies = await page.context().cookies(wiki)
    assert.ok(cookies.length > 0 && cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'))
    assert.equal(await page.evaluate('document.cookie'), '')
  })

  await step('a page of the tool cannot ask for their key', async () => {
    const refused = await page.evaluate(
      `navigator.credentials.get({ publicKey: { challenge: new Uint8Array(32), rpId: 'localhost' } }).then(() => 'given', ({ name }) => name)`,
    )
    // Of a page at another host, the browser would say SecurityError by itself.
    assert.equal(refused, 'NotAllowedError')
  })

  await step('Safari, which does not find such names by itself, is given the line that helps', async () => {
    const userAgent =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15'
    const storageState = await page.context().storageState()
    await using safari = await Visitor.open(story.browser, { userAgent, storageState })
    await safari.page.goto(postern.origin)
    await link(safari.page, 'Wiki').click()
    await seeTitle(safari.page, 'Safari needs one line first')
    const line = await linesOf(safari.page, 'One line for /etc/hosts')
    assert.equal(line.replace('\\\n', ''), "sudo tee -a /etc/hosts <<< '127.0.0.1 wiki.localhost'")
    await safari.photograph('route-safari')
    await link(safari.page, 'I have: open Wiki').click()
    await see(safari.page, /"remote-user":\s*"bo"/)
    assert.deepEqual(safari.errors, [])
  })

  await step('what takes a new tap asks for one, says why, and goes on', async () => {
    skipped += 120_000
    await page.goto(`${wiki}/delete/1`)
    await seeTitle(page, 'Tap again to open Wiki')
    await see(page, /The rule “A tap to delete” asks for it/)
    await visitor.photograph('route-step-up')
    await button(page, 'Tap your key').click()
    await page.waitForURL(`${wiki}/delete/1`)
  })

  await step('what is not open to them says so', async () => {
    await page.goto(board)
    await seeTitle(page, 'Board did not open')
    await see(page, 'Ask an administrator to let you in. Administrators here: Ana Example.')
    await visitor.photograph('route-denied')
    await setRules(ana, [
      {
        id: 'inside',
        title: 'Only from the office',
        mode: 'enforce',
        who: ['everyone'],
        does: ['application.use'],
        requires: { networks: ['10.0.0.0/8'] },
      },
    ])
    await page.goto(wiki)
    await seeTitle(page, 'Wiki did not open')
    await see(page, /The rule “Only from the office” asks for it/)
    await visitor.photograph('route-refused-there')
    await setRules(ana, [])
  })

  await step('a tool that is down says so, and opens once it is back', async () => {
    const port = await freePort()
    const desk = await makeRoute(ana, 'desk', { upstream: `http://127.0.0.1:${port}` })
    assert.equal((await page.goto(desk))?.status(), 502)
    await seeTitle(page, 'Desk does not answer')
    await see(page, 'It could not be reached.')
    await visitor.photograph('route-down')
    await using _back = await startEcho(port)
    await link(page, 'Try again').click()
    await see(page, /"x-postern-jwt-assertion"/)
  })

  await step('a stream is cut when they sign out, and the tool opens no more', async () => {
    await page.goto(wiki)
    const tool = await page.context().newPage()
    await tool.goto(wiki)
    await tool.evaluate(`void (globalThis.over = new Promise((resolve) => {
      const events = new EventSource('/events')
      events.onerror = () => { events.close(); resolve('over') }
    }))`)
    await page.goto(postern.origin)
    await visitor.signOut()
    assert.equal(await tool.evaluate('globalThis.over'), 'over')
    await tool.goto(wiki)
    await seeTitle(tool, 'Sign in')
    await tool.close()
    await page.goto(wiki)
    await button(page, 'Sign in with a passkey').click()
    await page.waitForURL(`${wiki}/`)
  })

  await step('signing out of the tool, and then everywhere', async () => {
    await page.goto(`${wiki}/.postern/sign-out`)
    await seeTitle(page, 'You are signed out of Wiki')
    await visitor.photograph('route-signed-out')
    await link(page, 'Open Wiki again').click()
    await page.waitForURL(`${wiki}/`)
    await page.goto(`${wiki}/.postern/sign-out`)
    await link(page, 'Sign out everywhere').click()
    await seeTitle(page, 'Sign out everywhere?')
    await button(page, 'Sign out').click()
    await seeTitle(page, 'Sign in')
  })
  assert.deepEqual(visitor.errors, [])
})
