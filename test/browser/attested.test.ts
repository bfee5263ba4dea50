import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CredentialView, Me } from '../../src/identity/shapes.ts'
import { callInBrowser, registerInBrowser } from '../support/browser-steps.ts'
import { Visitor } from '../support/chromium.ts'
import { CHROMIUM_AAGUID, chromiumEntry, importMetadata } from '../support/metadata.ts'
import { startPostern } from '../support/start-postern.ts'
import { button, openStory, see } from './story.ts'

// The keys that Chromium makes up, attested by metadata of the tests' own.
test('a key in a real browser is known by its model', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, visitor, browser } = story
  await importMetadata(postern)
  const ana = { name: 'Ana Example', username: 'ana', email: 'ana@example.com' }

  await story.step('a verified key of one device makes an attested session', async () => {
    await registerInBrowser(page, await postern.setupLink(), ana)
    const { session } = await callInBrowser<Me>(page, 'GET', '/me')
    assert.deepEqual([session.strength, session.acr], ['attested', 'phrh'])
  })

  await story.step('the account says so, with the picture that metadata has', async () => {
    await page.goto(`${postern.origin}/-/account/passkeys`)
    await see(page, 'Virtual key of Chromium. Key of one device, its model verified by its maker’s certificate.')
    const picture = page.locator(`img[src$="/authenticator-models/${CHROMIUM_AAGUID}/icon"]`)
    await picture.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode())
    await visitor.photograph('account-attested')
  })

  await story.step('a synced key of the same model is no more than a passkey', async () => {
    // A first owner again: whoever comes by another link is capped whatever their key.
    await using elsewhere = await startPostern()
    await importMetadata(elsewhere)
    await using other = await Visitor.open(browser)
    await other.addKey({ isSynced: true })
    await registerInBrowser(other.page, await elsewhere.setupLink(), ana)
    const { session } = await callInBrowser<Me>(other.page, 'GET', '/me')
    assert.equal(session.strength, 'passkey')
    const { items } = await callInBrowser<{ items: CredentialView[] }>(other.page, 'GET', '/me/credentials')
    assert.deepEqual([items[0]?.category, items[0]?.isModelVerified], ['synced', true])
  })

  await story.step('when the model turns bad, the open session ends, and a new one and the page show it', async () => {
    const entry = chromiumEntry({ statusReports: [{ status: 'REVOKED', effectiveDate: '2025-01-01' }] })
    await importMetadata(postern, [], { number: 2, entries: [entry] })
    await page.goto(`${postern.origin}/-/account/passkeys`)
    await button(page, 'Sign in with a passkey').click()
    await see(page, /This model is reported as broken/)
    const { session } = await callInBrowser<Me>(page, 'GET', '/me')
    assert.equal(session.strength, 'passkey')
  })
  assert.deepEqual(visitor.errors, [])
})
