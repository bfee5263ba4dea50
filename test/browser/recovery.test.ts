import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { makeOwnerLink } from '../../src/identity/instance.ts'
import type { CredentialView } from '../../src/identity/shapes.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { Visitor } from '../support/chromium.ts'
import { applicant } from '../support/ceremony.ts'
import { addSecondPasskey } from './account-steps.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, link, openStory, see, seeTitle, type Story, tap } from './story.ts'

const upright = { width: 390, height: 844 }

interface Signalled {
  method: string
  options: { userId?: string; rpId: string; name?: string; credentialId?: string; allAcceptedCredentialIds?: string[] }
}

// Ana loses her laptop. She has a code, her former passkey objects, an administrator lets her in, and on the worst day
// there is a sealed code. All of it on pages, on a phone held upright where that is where it would happen.
test('getting back in', { timeout: 290_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, browser, page, step, visitor } = story
  const signals = await listenToSignals(visitor)
  await step('an owner with one passkey, whom Home warns', async () => {
    await setUp(story)
    await see(page, 'You have one passkey. Lose it, and you are locked out.')
    await link(page, 'Make recovery codes').click()
    await seeTitle(page, 'Account')
  })
  let codes: string[] = []

  await step('ten codes after a tap, to print, copy or save', async () => {
    await see(page, 'You have none.')
    await button(page, 'Make ten codes').click()
    await tap(page)
    const shown = page.getByRole('list', { name: /^Recovery codes of ana/ }).getByRole('listitem')
    await shown.first().waitFor()
    codes = (await shown.allInnerTexts()).map((code) => code.trim())
    assert.equal(codes.length, 10)
    const saving = page.waitForEvent('download')
    await button(page, 'Save as a file').click()
    assert.equal((await saving).suggestedFilename(), 'postern-recovery-codes-ana.txt')
    await visitor.photograph('recovery-codes')
    await button(page, 'I have kept them').click()
    await see(page, /^10 of 10 left/)
    await visitor.photograph('recovery-tab')
  })

  await step('the browser’s picker is told which passkeys work, and of one that was removed', async () => {
    const spare = await addSecondPasskey(story)
    const ids = await acceptedIds(page)
    assert.equal(ids.length, 2)
    await signals.until(ids)
    await removePasskey(story)
    await spare.remove()
    const left = await acceptedIds(page)
    assert.equal(left.length, 1)
    await signals.until(left)
    const [last] = signals.all('signalCurrentUserDetails').slice(-1)
    assert.deepEqual([last?.options.rpId, last?.options.name], ['localhost', 'ana'])
  })

  const { database, now } = postern.postern.ceremonies
  const olga = postern.stranger()
  const { url } = await makeOwnerLink(database, postern.origin, undefined, now())
  await olga.register(url, applicant('olga'))

  await using other = await Visitor.open(browser, { viewport: upright, hasTouch: true })
  const phone = other.page
  const toldToPhone = await listenToSignals(other)
  await other.addKey()
  await step('on a phone: a code, a new passkey, and words that say what holds', async () => {
    await phone.goto(`${postern.origin}/-/sign-in`)
    await button(phone, 'Lost your passkey?').click()
    await link(phone, 'Use a recovery code').click()
    await seeTitle(phone, 'Get back in')
    await phone.getByLabel('Username or e-mail').fill('ana')
    await phone.getByLabel('Recovery code').fill('AAAA-AAAA-AAAA-AAAA')
    await button(phone, 'Use this code').click()
    await see(phone.getByRole('alert'), 'This name and this code do not belong together')
    await other.photograph('recover')
    await phone.getByLabel('Recovery code').fill((codes[0] ?? '').toLowerCase())
    await button(phone, 'Try again').click()
    await see(phone, /^For Ana Example/)
    await other.photograph('recover-register')
    await button(phone, 'Create my passkey').click()
    await see(phone, 'You have just come back')
    await see(phone, /^9 of 10 left/)
    await phone.waitForURL(({ hash }) => hash === '')
    await other.photograph('recovered')
  })

  await step('the laptop was signed out; its passkey is asked whether it was her, and one tap undoes all', async () => {
    await page.goto(`${postern.origin}/-/sign-in`)
    await button(page, 'Sign in with a passkey').click()
    await seeTitle(page, 'Somebody is getting back into your account')
    await see(page, /^One of your recovery codes was used from/)
    await visitor.photograph('was-it-you')
    await button(page, 'It was not me: cancel it').click()
    await seeTitle(page, 'Cancelled')
    await visitor.photograph('recovery-cancelled')
    await link(page, 'Sign in').click()
    await button(page, 'Sign in with a passkey').click()
    await seeTitle(page, 'Account')
    await phone.goto(`${postern.origin}/-/account`)
    await seeTitle(phone, 'Sign in')
    await button(phone, 'Sign in with a passkey').click()
    await see(phone.getByRole('alert'), 'This passkey is not known here.')
    assert.deepEqual(toldToPhone.all('signalUnknownCredential'), [], 'nobody is signed in: no browser forgets a key')
  })

  await step('she lets somebody else back in, and sees it under way', async () => {
    const ben = await postern.join(olga, 'ben')
    await page.goto(`${postern.origin}/-/recoveries`)
    await see(page, 'Nobody is getting back in')
    await choose(page, 'Who has lost their passkeys', /^Ben/i)
    await button(page, 'Let them back in with a tap').click()
    await see(dialog(page), /call them back at a number you know/)
    await visitor.photograph('let-back-in-tap')
    await tap(page)
    await see(page, 'Hand them this link. It is shown only once.')
    const handed = (await page.locator('pre').first().innerText()).trim()
    await see(page, /lets them back in/)
    await visitor.photograph('recoveries')
    await phone.goto(handed)
    await see(phone, 'This link does not open yet')
    await other.photograph('recovery-early')
    await button(phone, 'Create my passkey').click()
    await see(phone.getByRole('alert'), /^This link opens on /)
    await button(page, 'Cancel it').click()
    await button(dialog(page), 'Cancel it with a tap').click()
    await tap(page)
    await see(page, 'Nobody is getting back in')
    await ben.signIn()
  })

  await step('the worst day: the sealed code lets her in, and somebody else reviews that', async () => {
    await button(page, 'Make a break-glass code with a tap').click()
    await tap(page)
    const sheet = page.getByRole('list', { name: /^Break-glass code for/ })
    const code = (await sheet.innerText()).trim()
    await visitor.photograph('break-glass-code')
    await phone.goto(`${postern.origin}/-/break-glass`)
    await phone.getByLabel('Break-glass code').fill(code)
    await other.photograph('break-glass')
    await button(phone, 'Break the glass').click()
    await see(phone, /^For Ana Example/)
    await button(phone, 'Create my passkey').click()
    await seeTitle(phone, 'Hello, Ana Example')
    await see(phone, /The break-glass code of Ana Example was used/)
    await other.photograph('home-after-break-glass')
    await page.goto(`${postern.origin}/-/recoveries`)
    await link(page, 'Review it').click()
    await see(page, /came in by the break-glass code/)
    assert.equal(await button(page, 'Close it with a tap').getAttribute('aria-disabled'), 'true')
    await visitor.photograph('break-glass-review')
    const { items } = await olga.call<{ items: { id: string }[] }>('GET', '/break-glass')
    await olga.act('POST', `/break-glass/${items[0]?.id}/review`, { keepPasskey: false })
    // Every session of the account has ended with it, hers too.
    await page.reload()
    await button(page, 'Sign in with a passkey').click()
    await see(page, 'Reviewed by olga Example')
    await phone.reload()
    await seeTitle(phone, 'Sign in')
  })
  assert.deepEqual(visitor.errors, [])
})

/** What pages of this browser tell its passkey picker. */
async function listenToSignals(visitor: Visitor) {
  const heard: Signalled[] = []
  await visitor.context.exposeFunction('heardSignal', (signal: Signalled) => void heard.push(signal))
  await visitor.context.addInitScript(`
    for (const method of ['signalAllAcceptedCredentials', 'signalCurrentUserDetails', 'signalUnknownCredential'])
      PublicKeyCredential[method] = (options) => window.heardSignal({ method, options })
  `)
  const all = (method: string) => heard.filter((one) => one.method === method)
  return {
    all,
    /** Waits until the last list that was told is exactly this one. */
    async until(ids: string[]): Promise<void> {
      const expected = JSON.stringify([...ids].sort())
      const last = () =>
        JSON.stringify([...(all('signalAllAcceptedCredentials').at(-1)?.options.allAcceptedCredentialIds ?? [])].sort())
      while (last() !== expected) await visitor.page.evaluate(() => fetch('/healthz').then(() => null))
    },
  }
}

const acceptedIds = async (page: Page): Promise<string[]> =>
  (await callInBrowser<{ allAcceptedCredentialIds: string[] }>(page, 'GET', '/me/passkey-signals'))
    .allAcceptedCredentialIds

async function removePasskey({ page }: Story): Promise<void> {
  const { items } = await callInBrowser<{ items: CredentialView[] }>(page, 'GET', '/me/credentials')
  const spare = items.find(({ isCurrent }) => !isCurrent)
  assert.ok(spare)
  await page.goto(`${new URL(page.url()).origin}/-/account/passkeys`)
  const row = page.getByRole('listitem').filter({ hasText: spare.name })
  await button(row, 'Remove').click()
  await button(dialog(page), 'Remove it').click()
  await tap(page)
  await row.waitFor({ state: 'detached' })
}
