import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { registerInBrowser } from '../support/browser-steps.ts'
import { setUp } from '../support/saml.ts'
import { skipMellon, startMellon } from '../support/tools/apache-mellon.ts'
import type { SamlCertificates as Certificates } from '../../src/sign-on/saml/shapes.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, openStory, see, seeTitle, tap } from './story.ts'

// Apache with mod_auth_mellon asks by SAML who comes: with one tap they are in, and with none the second time.
test('a board behind Apache’s mod_auth_mellon', { timeout: 280_000, skip: skipMellon }, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'mellon-'))
  await using story = await openStory(context)
  const { postern, page, visitor, step } = story
  const { origin } = postern
  const ana = await postern.owner()
  await ana.act('POST', '/groups', { name: 'planners', description: '' })
  await using mellon = await startMellon(folder, await (await fetch(`${origin}/saml/metadata`)).text())
  const add = { username: 'ben', displayName: 'Ben Example', email: 'ben@example.com', role: 'member' }
  const { link } = await ana.act<{ link: string }>('POST', '/people', add)

  await step('it is set up from what it says of itself', async () => {
    const settings = await ana.call<Record<string, unknown>>('POST', '/saml/read-metadata', { xml: mellon.metadata })
    assert.equal(settings['requireSignedRequests'], true)
    await setUp(ana, 'board', {
      name: 'The board',
      audience: 'groups',
      groups: ['planners'],
      settings: {
        ...settings,
        attributes: [
          { name: 'uid', value: 'username' },
          { name: 'groups', value: 'groups' },
        ],
        allowIdpInitiated: true,
        defaultRelayState: `${mellon.origin}/`,
      },
    })
  })

  await step('who is not among those it is for reads so, and comes no further', async () => {
    await registerInBrowser(page, link)
    await page.goto(`${mellon.origin}/`)
    await see(page, 'The board is not open to you.')
    await visitor.photograph('mellon-denied')
  })

  await step('who is signed in and in the group is led through, and it knows who they are', async () => {
    await ana.act('PUT', '/groups/planners/members/ben')
    await page.goto(`${mellon.origin}/`)
    await seeTitle(page, 'The board')
    await see(page, 'You are ben, in planners.')
    await visitor.photograph('mellon-board')
  })

  await step('who is signed out of both taps once', async () => {
    await page.goto(origin)
    await visitor.signOut()
    await page.context().clearCookies({ name: /^mellon/ })
    await page.goto(`${mellon.origin}/`)
    await button(page, 'Sign in with a passkey').click()
    await see(page, 'You are ben, in planners.')
  })

  await step('it opens from here as well, and without scripts by a button', async () => {
    await page.context().clearCookies({ name: /^mellon/ })
    await page.route('**/saml/answer.js', (route) => route.abort())
    await page.goto(`${origin}/saml/start/board`)
    await seeTitle(page, 'Signing you in')
    await visitor.photograph('mellon-answer')
    await button(page, 'Continue').click()
    await see(page, 'You are ben, in planners.')
  })

  await step('an administrator sees the certificate that comes next, and makes it sign', async () => {
    await ana.act('PATCH', '/people/ben', { role: 'admin' })
    await lookAtPage(page, origin, {
      name: 'saml-application',
      route: '/-/applications/$id',
      url: '/-/applications/board',
      shows: /^Metadata name it already/,
    })
    await button(page, 'Sign with the next one').click()
    await button(page, 'Sign with it, with a tap').click()
    await tap(page)
    const former = (await ana.call<Certificates>('GET', '/saml/certificates')).items
    assert.equal(former[0]?.number, 2)
    // It reads metadata when it starts: until then it believes both that were named.
    await page.context().clearCookies({ name: /^mellon/ })
    await page.unroute('**/saml/answer.js')
    await page.goto(`${mellon.origin}/`)
    await see(page, 'You are ben, in planners.')
  })

  await step('whoever has left gets no further', async () => {
    await ana.act('POST', '/people/ben/end', { reason: 'left' })
    await page.context().clearCookies({ name: /^mellon/ })
    await page.goto(`${mellon.origin}/`)
    await seeTitle(page, 'Sign in')
  })
  await rm(folder, { recursive: true, force: true })
})
