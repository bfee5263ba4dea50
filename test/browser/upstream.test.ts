import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerInBrowser } from '../support/browser-steps.ts'
import { Visitor } from '../support/chromium.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { clientId, clientSecret, verifiedDomain } from '../support/upstream-settings.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, choose, dialog, linesOf, openStory, see, seeTitle, type Story, tap } from './story.ts'

/** Writes down what the last ceremony was begun with, where a test can wait for it. */
const listen = `
  for (const way of ['get', 'create']) {
    const real = navigator.credentials[way].bind(navigator.credentials)
    navigator.credentials[way] = (options) => {
      document.documentElement.dataset.begun = [way, ...(options.publicKey.hints ?? [])].join(' ')
      return real(options)
    }
  }
`

// Olga sets up Acme's place to sign in and tries it; Ana comes from there and makes her passkey; Olga joins her own.
test(
  'signing in from another place, from setting it up to the passkey made here',
  { timeout: 300_000 },
  async (context) => {
    await using story = await openStory(context, { flags: ['--outbound-allow', '127.0.0.0/8'] })
    const uris: string[] = []
    await using upstream = await startUpstream(() => uris)
    const { page, postern, step, visitor } = story
    upstream.accounts.set('ana-there', {
      email: 'ana@acme.example',
      email_verified: true,
      name: 'Ana Acme',
      groups: ['devs'],
    })
    upstream.there = { subject: 'ana-there' }
    const otto = await postern.owner('otto')
    const add = (username: string, role: string): Promise<string> =>
      otto
        .act<{ link: string }>('POST', '/people', {
          username,
          displayName: `${username} Example`,
          email: `${username}@example.com`,
          role,
        })
        .then((made) => made.link)
    await registerInBrowser(page, await add('olga', 'owner'))
    await verify(story)

    await step('an owner sets it up, with the recipe beside the form', () => setUp(story, upstream, uris))
    await step('and sees what it says of somebody, without anybody being signed in', () => tryIt(story))
    await step('somebody new comes from there, and makes the passkey of this place', () => arrive(story))
    await step('an account of one’s own is joined by a tap, and parted from again', () => join(story, upstream))
    await step('who is not let in is told why, and what would help', () => refuse(story, upstream))
    await step('the browser is told which kind of key to look for', async () => hint(story, await add('dan', 'member')))
    await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
  },
)

async function verify({ postern }: Story): Promise<void> {
  const { database } = postern.postern.ceremonies
  const { id } = await database.read.selectFrom('user').select('id').executeTakeFirstOrThrow()
  await database.write((tx) =>
    tx
      .insertInto('domain')
      .values(verifiedDomain('acme.example', Date.now(), id))
      .execute(),
  )
}

async function setUp({ page, postern, visitor }: Story, upstream: Upstream, uris: string[]): Promise<void> {
  await page.goto(`${postern.origin}/-/directory/sign-in`)
  await see(page, 'Nobody signs in from elsewhere')
  await button(page, 'Set up a place').click()
  uris.push(await linesOf(page, 'Redirect URI'))
  await upstream.rotate()
  await choose(page, 'Which place', 'Another OpenID provider')
  await page.getByLabel('Name', { exact: true }).fill('Acme')
  await page.getByLabel('Issuer').fill('https://login.microsoftonline.com/common/v2.0')
  await page.getByLabel('Client id').fill(clientId)
  await page.getByLabel('Client secret').fill(clientSecret)
  await page.getByLabel('Domains').fill('acme.example')
  await page.getByLabel(/^Get an account/).check()
  await page.getByLabel('Claim that lists them').fill('groups')
  await page.getByLabel('Its groups, and ours').fill('devs = acme-devs')
  await button(page, 'Set it up with a tap').click()
  await see(page, /address of every Microsoft tenant/)
  await page.getByLabel('Issuer').fill(upstream.issuer)
  await visitor.photograph('upstream-form')
  await button(page, 'Set it up with a tap').click()
  await see(dialog(page), 'Let people sign in with Acme')
  await visitor.photograph('upstream-tap')
  await tap(page)
  await page.getByRole('heading', { level: 2, name: 'Acme' }).waitFor()
  await see(page, 'People joined with it')
}

async function tryIt({ page, postern, visitor }: Story): Promise<void> {
  await button(page, 'Test sign-in').click()
  await see(page, 'It signs what it says as it should. Nobody was signed in.')
  for (const fact of ['Ana Acme', 'ana@acme.example, vouched for', 'acme-devs']) await see(page, fact)
  const asItCame = page.getByText('"email": "ana@acme.example"')
  assert.equal(await asItCame.isVisible(), false)
  await button(page, 'What it said, word for word').click()
  await asItCame.waitFor()
  await visitor.photograph('upstream-tested')
  await lookAtPage(page, postern.origin, { name: 'upstream-place', route: '', url: new URL(page.url()).pathname })
  await lookAtPage(page, postern.origin, { name: 'upstream', route: '', url: '/-/directory/sign-in', shows: 'Acme' })
  await page.setViewportSize({ width: 1280, height: 900 })
}

async function arrive({ postern, browser }: Story): Promise<void> {
  await using other = await Visitor.open(browser)
  const { page } = other
  await page.goto(`${postern.origin}/-/inbox`)
  await seeTitle(page, 'Sign in')
  await button(page, 'Continue with Acme').waitFor()
  await other.photograph('sign-in-ways')
  await button(page, 'Use my organisation’s account').click()
  await page.getByLabel('Your address at work').fill('ana@elsewhere.example')
  await button(page, 'Continue').last().click()
  await see(page, 'No other place to sign in is set up for this.')
  await page.getByLabel('Your address at work').fill('ana@acme.example')
  await other.photograph('sign-in-organisation')
  await button(page, /^Continue$/).click()
  await seeTitle(page, 'One step left, Ana Acme')
  await other.photograph('upstream-one-step')
  await other.addKey()
  await button(page, 'Make your passkey').click()
  await button(page, 'Create my passkey').click()
  await seeTitle(page, /^Your passkey works/)
  await page.goto(`${postern.origin}/-/account/elsewhere`)
  await see(page, 'By your organisation')

  // Another time she comes from there, her passkey is what is missing.
  await other.signOut()
  await button(page, 'Continue with Acme').click()
  await seeTitle(page, 'One step left, Ana Acme')
  await button(page, 'Tap your passkey').click()
  await seeTitle(page, /^Hello, Ana/)
  assert.deepEqual(other.errors, [])
}

async function join({ page, postern, visitor }: Story, upstream: Upstream): Promise<void> {
  upstream.accounts.set('olga-there', { email: 'olga@acme.example', email_verified: true })
  upstream.there = { subject: 'olga-there' }
  await page.context().clearCookies({ domain: '127.0.0.1' })
  await page.goto(`${postern.origin}/-/account/elsewhere`)
  await button(page, 'Join with Acme').click()
  await see(page, 'olga@acme.example')
  await visitor.photograph('upstream-join')
  await button(page, 'Join them with a tap').click()
  await tap(page)
  await button(page, 'Remove').waitFor()
  await lookAtPage(page, postern.origin, {
    name: 'account-elsewhere',
    route: '',
    url: '/-/account/elsewhere',
    shows: 'Remove',
  })
  await page.setViewportSize({ width: 1280, height: 900 })
  await button(page, 'Remove').click()
  await button(dialog(page), 'Remove it with a tap').click()
  await button(dialog(page), 'Tap your key').click()
  await see(page, 'No accounts elsewhere')
}

async function refuse({ postern, browser }: Story, upstream: Upstream): Promise<void> {
  await using other = await Visitor.open(browser)
  const { page } = other
  upstream.accounts.set('mallory-there', { email: 'olga@elsewhere.example', email_verified: true })
  upstream.there = { subject: 'mallory-there' }
  await page.goto(`${postern.origin}/-/sign-in`)
  await button(page, 'Continue with Acme').click()
  await see(page, 'Your address is not of this organisation')
  await see(page, /signing in with Acme/)
  await other.photograph('upstream-refused')
}

async function hint({ postern, browser }: Story, invitation: string): Promise<void> {
  await using other = await Visitor.open(browser)
  const { page } = other
  await page.addInitScript(listen)
  const begun = (last: string): Promise<void> =>
    page.locator(`html[data-begun="${last}"]`).waitFor({ state: 'attached' })
  await page.goto(`${postern.origin}/-/sign-in`)
  await button(page, 'Use another device').click()
  await button(page, 'My phone').click()
  await begun('get hybrid')
  await page.reload()
  await button(page, 'Use another device').click()
  await button(page, 'A security key').click()
  await begun('get security-key')
  await page.reload()
  await button(page, 'Sign in with a passkey').click()
  await begun('get')

  // The same where one is made.
  await page.goto(invitation)
  await button(page, 'On my phone or a security key instead').click()
  await choose(page, 'Where it should live', 'On my phone')
  await other.photograph('register-where')
  // A key that is not this machine’s: what a browser asks for that knows no hints.
  await other.addKey({ transport: 'usb' })
  await button(page, 'Create my passkey').click()
  await begun('create hybrid')
  await seeTitle(page, /^Your passkey works/)
  await page.goto(`${postern.origin}/-/account/passkeys?add=yes`)
  await page.getByLabel('Name of the new key').fill('Blue key')
  await button(page, 'On my phone or a security key instead').click()
  await choose(page, 'Where it should live', 'On a security key')
  await button(page, 'Tap the new key').click()
  await begun('create security-key')
}
