import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerInBrowser } from '../support/browser-steps.ts'
import { readPolicy, setRules } from '../support/guardrails.ts'
import { makeRoute } from '../support/make-route.ts'
import { addTool } from '../support/relying-party.ts'
import { setUp as setUpBySaml } from '../support/saml.ts'
import { askForTap } from '../support/seal-request.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, link, linesOf, openStory, pressInTurn, see, seeTitle, tap } from './story.ts'

const keptHere = { managedBy: null, organisationRole: null }

test('an application from the gallery to Home, and to its end', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  let secret = ''
  await setUp(story)
  await postern.postern.ceremonies.database.write((tx) =>
    tx
      .insertInto('userGroup')
      .values({ id: 'grp_crew', name: 'crew', description: '', isDemo: 0, createdAt: 1, ...keptHere })
      .execute(),
  )

  await step('by the keyboard to an empty list, and on to the gallery', async () => {
    await page.goto(postern.origin)
    await seeTitle(page, /Hello/)
    await pressInTurn(page, 'g', 'o')
    await seeTitle(page, 'Applications')
    await see(page, 'No applications yet')
    await link(page, 'Connectors').waitFor()
    await link(page, 'Add an application').click()
    await seeTitle(page, 'Add an application')
  })

  await step('the gallery finds a product, and says how far each recipe can be relied on', async () => {
    await link(page, 'Jira Cloud').waitFor()
    const products = page.getByRole('list', { name: 'Products' }).getByRole('listitem')
    for (const card of await products.allInnerTexts())
      assert.match(card, /^(?:.*\n)*(?:Run for real|From documentation)$/, card)
    await see(products.filter({ has: link(page, 'Redmine') }), 'Run for real')
    await see(products.filter({ has: link(page, 'Jira Cloud') }), 'From documentation')
    await visitor.photograph('gallery')
    await page.getByRole('textbox', { name: 'Find a product' }).fill('dashb')
    await link(page, 'Jira Cloud').waitFor({ state: 'detached' })
    await link(page, 'Grafana').click()
    await seeTitle(page, 'Set up Grafana')
    await see(page, /^Written from what its makers publish; we have not run it against the product\./)
  })

  await step('the recipe asks for one address and fills in the rest; what is missing is said', async () => {
    await button(page, 'Set up with a tap').click()
    await see(page, 'Please give this')
    await page.getByRole('textbox', { name: 'Its address' }).fill('https://grafana.example/')
    await button(page, 'What the recipe filled in').click()
    const uris = page.getByRole('textbox', { name: 'Redirect URIs' })
    assert.equal(await uris.inputValue(), 'https://grafana.example/login/generic_oauth')
    await uris.fill('https://grafana.example@evil.example/')
    await button(page, 'Set up with a tap').click()
    await see(page, /user name or password/)
    assert.equal(await page.getByRole('textbox', { name: 'Its address' }).inputValue(), 'https://grafana.example/')
    await visitor.photograph('application-refused')
    await uris.fill('https://grafana.example/login/generic_oauth')
  })

  await step('on a phone a link leads to what is to be done over there, and nothing typed is lost', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await link(page, 'What to do in Grafana: below the form').click()
    await page.waitForFunction(`document.elementFromPoint(195, 200)?.closest("#in-the-tool") != null`)
    assert.equal(await page.getByRole('textbox', { name: 'Its address' }).inputValue(), 'https://grafana.example/')
  })

  await step('the tap names where people are led; after it the secret is shown once, in its place', async () => {
    await button(page, 'Set up with a tap').click()
    await see(dialog(page), 'everyone but guests')
    await see(dialog(page), 'https://grafana.example/login/generic_oauth')
    await tap(page)
    await seeTitle(page, 'Grafana is set up')
    await page.waitForFunction('scrollY === 0')
    await page.setViewportSize({ width: 1280, height: 900 })
    secret = await linesOf(page, 'Client secret')
    assert.ok(secret.length > 20)
    const settings = await page.locator('pre', { hasText: '[auth.generic_oauth]' }).innerText()
    assert.ok(settings.includes(`client_secret = ${secret}`))
    assert.match(settings, /client_id = app_/)
    assert.ok(settings.includes(`auth_url = ${postern.origin}/oidc/auth`))
    await visitor.photograph('application-made')
  })

  await step('a test sign-in shows what Grafana would be told', async () => {
    await link(page, 'Test sign-in').click()
    await seeTitle(page, 'Grafana')
    await see(page, /Ana Example would be let in/)
    await see(page, 'preferred_username')
    await visitor.photograph('application-tested')
    assert.ok(!(await page.content()).includes(secret), 'the secret is gone')
  })

  await step('it stands on Home, and leads there', async () => {
    await page.goto(postern.origin)
    const tool = page.getByRole('list', { name: 'Your tools' }).getByRole('link', { name: 'Grafana' })
    await tool.waitFor()
    assert.equal(await tool.getAttribute('href'), 'https://grafana.example/login/generic_oauth')
    await visitor.photograph('home-with-tools')
  })

  await step('opened to a group alone, it leaves the Home of everybody else', async () => {
    await page.goto(`${postern.origin}/-/applications/grafana`)
    await button(page, 'Change').click()
    await page.getByRole('radio', { name: 'Some groups, and nobody else' }).check({ force: true })
    await button(page, 'Change with a tap').click()
    await see(page, /Choose a group/)
    await choose(page, 'Groups', 'crew')
    await page.keyboard.press('Escape')
    await button(page, 'Change with a tap').click()
    await see(dialog(page), 'the groups crew')
    await tap(page)
    await see(page, 'The group crew')
    await button(page, 'Test sign-in').click()
    await see(page, /Ana Example would not be let in/)
    await see(page, /Grafana is not open to you/)
    await visitor.photograph('application-not-for-me')
    await page.goto(postern.origin)
    await seeTitle(page, /Hello/)
    await see(page, 'No repositories yet')
    assert.equal(await page.getByText('Your tools').count(), 0)
  })

  await step('a new secret is shown once; then it ends', async () => {
    await page.goto(`${postern.origin}/-/applications/grafana`)
    await button(page, 'Make a new secret').click()
    await tap(page)
    const next = await linesOf(page, 'Client secret')
    assert.notEqual(next, secret)
    await button(page, 'I have copied it').click()
    await page.getByText(next).waitFor({ state: 'detached' })
    await button(page, 'End it').click()
    await button(dialog(page, /End Grafana/), 'End it with a tap').click()
    await tap(page)
    await seeTitle(page, 'Applications')
    await see(page, 'No applications yet')
  })

  await step('a tool that no recipe is about is set up by its kind', async () => {
    await page.goto(`${postern.origin}/-/applications/new/saml`)
    await seeTitle(page, /SAML/)
    await page.getByRole('textbox', { name: 'Entity ID' }).waitFor()
    await button(page, 'Fill in from the tool’s metadata').click()
    await page.getByRole('textbox', { name: 'Its metadata, or their address' }).fill('<nothing/>')
    await button(page, 'Read it').click()
    await page.getByRole('alert').first().waitFor()
    await visitor.photograph('application-saml')
    assert.deepEqual(visitor.errors, [])
  })
})

const website = { audience: 'groups' as const, groups: ['website'] }

// Somebody who never sees Git: Home is their tools and what waits for them, and nothing else.
test('Home of a guest, and what an administrator reads of it', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const ana = await postern.owner()
  await ana.act('POST', '/groups', { name: 'website', description: '' })
  await makeRoute(ana, 'tracker', { upstream: 'postern:who' }, { ...website, description: 'Issues and plans' })
  await addTool(ana, 'wiki', { ...website, launchUrl: 'https://wiki.example/start' })
  await setUpBySaml(ana, 'board', { ...website, name: 'Board', settings: { allowIdpInitiated: true } })
  await addTool(ana, 'payroll', { audience: 'members' })
  const join = async (username: string, displayName: string, role: string): Promise<void> => {
    const wanted = { username, displayName, email: `${username}@example.com`, role }
    const { link: invited } = await ana.act<{ link: string }>('POST', '/people', wanted)
    await ana.act('PUT', `/groups/website/members/${username}`)
    await page.context().clearCookies()
    await registerInBrowser(page, invited)
  }
  const tools = page.getByRole('list', { name: 'Your tools' }).getByRole('link')
  const seeNoGit = async (): Promise<void> =>
    assert.doesNotMatch(await page.getByRole('main').innerText(), /repositor|pull request|merge|\bgit\b/i)

  await step('tracker, wiki and board are there, each leads to itself, and nothing speaks of Git', async () => {
    await join('gus', 'Gus Guest', 'guest')
    await page.goto(postern.origin)
    await seeTitle(page, 'Hello, Gus Guest')
    await tools.first().waitFor()
    assert.deepEqual(await tools.allInnerTexts(), ['Board', 'Tracker', 'Wiki'])
    const { port } = new URL(postern.origin)
    assert.deepEqual(await tools.evaluateAll((links) => links.map((each) => each.getAttribute('href'))), [
      `${postern.origin}/saml/start/board`,
      `http://tracker.localhost:${port}/`,
      'https://wiki.example/start',
    ])
    await seeNoGit()
    await visitor.photograph('home-of-a-guest')
  })

  await step('what waits for their tap stands above', async () => {
    await askForTap(postern, { of: 'gus', by: 'ana', title: 'Let the robots in' })
    await page.reload()
    await see(page.getByRole('list', { name: 'What waits for your tap' }), 'Let the robots in')
    const sections = await page.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts()
    assert.deepEqual(sections, ['Waiting for your tap', 'Your tools'])
  })

  await step('a press opens the tool, without a second sign-in', async () => {
    await tools.filter({ hasText: 'Tracker' }).click()
    await seeTitle(page, 'You are Gus Guest')
  })

  await step('nor does it to a member who has tools alone', async () => {
    await join('ben', 'Ben Example', 'member')
    await page.goto(postern.origin)
    await tools.filter({ hasText: 'Payroll' }).waitFor()
    await seeNoGit()
  })

  await step('a test sign-in names the guardrail that asks for more', async () => {
    const { rules } = (await readPolicy(ana)).policy
    await setRules(ana, [
      ...rules,
      {
        id: 'wiki-hardware',
        title: 'The wiki takes a security key',
        mode: 'enforce',
        who: ['everyone'],
        does: ['application.use'],
        where: { applications: ['wiki'] },
        requires: { strength: 'attested' },
      },
    ])
    await ana.act('PATCH', '/people/ben', { role: 'admin' })
    await page.goto(`${postern.origin}/-/applications/wiki?test=yes`)
    await see(page, 'Ben Example would be asked for more first')
    await see(page, /^To open Wiki you need a hardware key/)
    await link(page, 'The wiki takes a security key').waitFor()
    await visitor.photograph('application-tested-by-rules')
    assert.deepEqual(visitor.errors, [])
  })
})
