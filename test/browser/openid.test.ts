import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addTool, question } from '../support/relying-party.ts'
import { freePort } from '../support/start-postern.ts'
import { skipOpenidc, startOpenidc } from '../support/tools/apache-openidc.ts'
import { button, link, see, seeTitle, openStory } from './story.ts'

// Apache with mod_auth_openidc, as Debian ships it: one tap, and it knows who it is, until that is over.
test('a wiki asks by OpenID Connect', { timeout: 280_000, skip: skipOpenidc }, async (context) => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'openidc-'))
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const story = opened.use(await openStory(context, { flags: ['--outbound-allow', '127.0.0.1,::1'] }))
  const { postern, page, step, visitor } = story
  const ana = await postern.owner('ana')
  const port = await freePort()
  const origin = `http://wiki.localhost:${port}`
  const wiki = await addTool(ana, 'wiki', {
    settings: {
      redirectUris: [`${origin}/signed-on`],
      postLogoutRedirectUris: [`${origin}/bye`],
      backchannelLogoutUri: `http://127.0.0.1:${port}/signed-on?logout=backchannel`,
    },
  })
  const { clientId, secret } = wiki
  opened.use(await startOpenidc({ folder, port, origin, issuer: `${postern.origin}/oidc`, clientId, secret }))

  await step('somebody joins, and signs out', async () => {
    const { link: invited } = await ana.act<{ link: string }>('POST', '/people', {
      username: 'ben',
      displayName: 'Ben Example',
      email: 'ben@example.com',
      role: 'member',
    })
    await page.goto(invited)
    await button(page, 'Create my passkey').click()
    await page.waitForURL(/step=next/)
    await page.goto(postern.origin)
    await visitor.signOut()
  })

  await step('opening the wiki leads to the key, and the tap back into it', async () => {
    await page.goto(origin)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await see(page, 'You are ben, by phr.')
  })

  await step('under Account it stands as opened', async () => {
    await page.goto(`${postern.origin}/-/account/programs`)
    await see(page, 'Knows who you are, while you are signed in')
    await visitor.photograph('sign-on-programs')
  })

  await step('a page says what is missing, and a tap goes on', async () => {
    const fresh = await addTool(ana, 'ledger', { settings: { redirectUris: [`${origin}/signed-on`] } })
    const ask = { redirect_uri: `${origin}/signed-on`, prompt: 'login' }
    await page.goto(String((await question(fresh, ask)).url))
    await seeTitle(page, 'Tap your key for Ledger')
    await see(page, 'Ledger asks that you tap your key now.')
    await visitor.photograph('sign-on-tap')
    await button(page, 'Tap your key').click()
    await page.waitForURL((url) => url.href.startsWith(`${origin}/signed-on?`) && url.searchParams.has('code'))
  })

  await step('somebody else’s tool is told who it is when one says so, and a closed one says why', async () => {
    const third = await addTool(ana, 'pastebin', {
      settings: { redirectUris: [`${origin}/signed-on`], isThirdParty: true, groups: 'all' },
    })
    const ask = { redirect_uri: `${origin}/signed-on` }
    await page.goto(String((await question(third, ask)).url))
    await seeTitle(page, 'Tell Pastebin who you are?')
    await see(page, 'your user name, your name, your mail address and your groups')
    await visitor.photograph('sign-on-consent')
    await button(page, 'Do not').click()
    await page.waitForURL((url) => url.searchParams.get('error') === 'access_denied')
    await page.goto(String((await question(third, ask)).url))
    await button(page, 'Tell it who I am').click()
    await page.waitForURL((url) => url.searchParams.has('code'))
    await ana.act('POST', '/groups', { name: 'payroll', description: '' })
    const closed = await addTool(ana, 'payroll', { audience: 'groups', groups: ['payroll'] })
    await page.goto(String((await question(closed)).url))
    await seeTitle(page, 'You cannot open Payroll')
    await see(page, 'Payroll is not open to you.')
    await visitor.photograph('sign-on-denied')
    await link(page, 'Go to Home').click()
    await seeTitle(page, 'Hello, Ben Example')
  })

  await step('the other way round: signing out there is no sign-out here', async () => {
    await page.goto(`${postern.origin}/-/signed-out?over=yes`)
    await seeTitle(page, 'You are signed out there')
    await visitor.photograph('signed-out')
  })

  await step('the end of access is the end there, with nothing to do', async () => {
    await page.goto(origin)
    await see(page, 'You are ben')
    await ana.act('POST', '/people/ben/end', { reason: 'left' })
    await page.goto(origin)
    while (new URL(page.url()).origin === origin) await page.goto(origin)
    await seeTitle(page, 'Sign in')
  })
})
