import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visitor } from '../support/chromium.ts'
import { startDnsServer } from '../support/dns-server.ts'
import { startMailServer } from '../support/mail-server.ts'
import { setUp } from './entry-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, dialog, holds, linesOf, link, openStory, see, seeTitle, tap } from './story.ts'

const upright = { width: 390, height: 844 }

// Ana shows that acme.example is hers; Zoe registers herself on a phone, is claimed, objects, and agrees.
test('a domain, from its record to the people at it', { timeout: 280_000 }, async (context) => {
  await using dns = await startDnsServer()
  await using mail = await startMailServer()
  const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@postern.example']
  await using story = await openStory(context, { flags: [...smtp, '--dns-servers', dns.address] })
  const { postern, browser, page, step, visitor } = story
  const letterLink = async (address: string, pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = mail.letters.find(({ to, text }) => to.includes(address) && pattern.test(text))
      const [url] = pattern.exec(found?.text ?? '') ?? []
      if (url !== undefined) return url
      await mail.next()
    }
  }
  await setUp(story)

  await step('a domain that cannot be one is refused beside the field; a good one says what to put where', async () => {
    await page.goto(`${postern.origin}/-/directory/domains`)
    await see(page, 'No domain yet')
    await button(page, 'Add a domain').click()
    await page.getByRole('textbox', { name: 'Domain' }).fill('gmail.com')
    await button(page, 'Add it with a tap').click()
    await see(page, /Anybody can get an address at gmail\.com/)
    await page.getByRole('textbox', { name: 'Domain' }).fill('Acme.Example')
    await button(page, 'Add it with a tap').click()
    await tap(page)
    await page.getByRole('heading', { level: 2, name: 'acme.example' }).waitFor()
    await see(page, 'Not verified yet')
  })

  await step('looked for too early, it says why; the file is the other way', async () => {
    await button(page, 'Check now').click()
    await see(page, /_postern-challenge\.acme\.example does not exist in DNS yet/)
    await lookAtPage(page, '', { name: 'domain-waiting', route: '', url: page.url(), shows: 'Not found yet' })
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByText('A file on its web server').click()
    await see(page, 'https://acme.example/.well-known/postern-domain-verification')
    await page.getByText('A DNS record').click()
  })

  await step('with its record there, it is verified', async () => {
    const name = await linesOf(page, 'A TXT record with this name')
    dns.set(name, { texts: [await linesOf(page, 'and this value')] })
    await button(page, 'Check now').click()
    await see(page, 'Verified')
    await see(page, 'Nobody has an address there')
  })

  await step('anybody may register themselves from now on', async () => {
    await page.goto(`${postern.origin}/-/directory/domains`)
    await page.getByRole('switch', { name: 'Anybody may register themselves' }).press('Space')
    await tap(page)
    await page.getByRole('switch', { name: 'Anybody may register themselves', checked: true }).waitFor()
    await lookAtPage(page, postern.origin, {
      name: 'domains',
      route: '',
      url: '/-/directory/domains',
      shows: 'Verified',
    })
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await using phone = await Visitor.open(browser, { viewport: upright, hasTouch: true, isMobile: true })
  const key = await phone.addKey({ isSynced: true })
  const at = phone.page
  await step('on a phone: from sign-in to the letter, and by its link to a passkey', async () => {
    await key.setPresence(false)
    await at.goto(`${postern.origin}/-/sign-in`)
    await link(at, 'Register').click()
    await seeTitle(at, 'Register')
    await lookAtPage(at, postern.origin, { name: 'register', route: '', url: '/-/register' })
    await at.setViewportSize(upright)
    await at.getByLabel('Your name').fill('Zoe Zebra')
    await holds(at.getByLabel('Username'), 'zoe-zebra')
    await at.getByLabel('E-mail').fill('zoe@acme.example')
    await button(at, 'Send me a letter').click()
    await seeTitle(at, 'Look at your mail')
    await phone.photograph('registered')
    await key.setPresence(true)
    await at.goto(await letterLink('zoe@acme.example', /http:\/\/localhost:\d+\/-\/setup#[\w-]+/))
    await seeTitle(at, /register|passkey|welcome/i)
    await see(at, 'zoe@acme.example')
    await phone.photograph('register-link')
    await button(at, 'Create my passkey').click()
    await at.waitForURL(/step=next/)
  })

  await step('the report has her; one tap tells her', async () => {
    await page.goto(`${postern.origin}/-/directory/domains`)
    await link(page, 'acme.example').click()
    await see(page, 'Zoe Zebra')
    await page.getByLabel('Choose Zoe Zebra').check()
    await button(page, 'Manage 1 person, with a tap').click()
    await see(dialog(page), 'Zoe Zebra (zoe-zebra), member')
    await tap(page)
    await see(page, /Told; managed from/)
    await lookAtPage(page, '', { name: 'domain', route: '', url: page.url(), shows: /Told; managed from/ })
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await step('the letter leads her to the question; she objects, and thinks again', async () => {
    const url = await letterLink('zoe@acme.example', /http:\/\/localhost:\d+\/-\/claims\/\w+/)
    await at.goto(`${postern.origin}/`)
    await see(at, 'acme.example wants to manage your account')
    await phone.photograph('claim-on-home')
    await at.goto(url)
    await seeTitle(at, 'Your organisation wants to manage this account')
    await lookAtPage(at, '', { name: 'claim', route: '', url })
    await at.setViewportSize(upright)
    await button(at, 'Object').click()
    await see(at, 'You have objected')
    await page.reload()
    await see(page, /^Objects$/)
    await button(at, 'Agree now').click()
    await see(at, 'acme.example manages your account now')
    await at.goto(`${postern.origin}/-/account/profile`)
    await see(at, 'acme.example manages your account')
    assert.equal(await at.getByLabel('E-mail').isDisabled(), true)
    await lookAtPage(at, postern.origin, { name: 'profile-managed', route: '', url: '/-/account/profile' })
    await at.setViewportSize(upright)
  })

  await step('one’s own address: changed with a tap, shown by the letter', async () => {
    await page.goto(`${postern.origin}/-/account/profile`)
    await page.getByLabel('E-mail').fill('ana@acme.example')
    await button(page, 'Save with a tap').click()
    await tap(page)
    await see(page, 'Your address is not confirmed yet')
    await lookAtPage(page, postern.origin, { name: 'profile', route: '', url: '/-/account/profile' })
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(await letterLink('ana@acme.example', /http:\/\/localhost:\d+\/-\/verify-address#[\w-]+/))
    await button(page, 'Yes, it is mine').click()
    await see(page, /you have shown that/)
    await visitor.photograph('address-verified')
  })

  await step('the domain goes; who it managed is their own again', async () => {
    await page.goto(`${postern.origin}/-/directory/domains`)
    await link(page, 'acme.example').click()
    await button(page, 'Remove this domain').click()
    await see(dialog(page), /It manages 1 person: they manage themselves from then on/)
    await button(dialog(page), 'Remove it with a tap').click()
    await tap(page)
    await see(page, 'No domain yet')
    await at.reload()
    await at.getByText('acme.example manages your account').waitFor({ state: 'detached' })
  })
  assert.deepEqual([...visitor.errors, ...phone.errors], [])
})
