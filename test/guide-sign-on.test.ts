import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { recipes } from '../src/applications/recipes/recipes.ts'
import type { ApplicationMade, SignInTest } from '../src/applications/shapes.ts'
import type { RecipeList } from '../src/applications/recipes/recipe.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { Person } from '../src/walk/person.ts'
import { readGuide } from './support/guide.ts'
import { setRules } from './support/guardrails.ts'
import { open } from './support/oauth.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'

const guide = await readGuide('sign-on.md')
const names = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

/** The page from top to bottom, as its readers would. */
describe('the guide about sign-on', () => {
  let postern: StartedPostern
  let ana: Person
  let port: number
  let made: ApplicationMade
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    port = await freePort()
    made = await ana.act<ApplicationMade>('POST', '/applications', {
      kind: 'openid',
      slug: 'grafana',
      name: 'Own page',
      description: '',
      recipe: null,
      launchUrl: null,
      audience: 'members',
      groups: [],
      strength: null,
      settings: { redirectUris: [`http://localhost:${port}/callback`], groups: 'all' },
    })
  })
  after(() => postern[Symbol.asyncDispose]())

  test('Set one up: the values are called as the page calls them', async () => {
    const labels = [...made.application.values, ...made.shownOnce].map(({ label }) => label)
    for (const [, here = ''] of guide.rows('in the tool').slice(0, 4))
      assert.ok(labels.includes(here.split(',')[0] ?? ''), `${here} is not among ${labels.join(', ')}`)
  })

  test('Try it with a page of your own: it says hello, and was told what the page lists', async () => {
    const [script] = guide.blocks('Try it with a page of your own', 'js')
    await symlink(join(import.meta.dirname, '../node_modules'), join(postern.folder, 'node_modules'))
    await writeFile(join(postern.folder, 'sign-on.mjs'), script)
    const valueOf = (name: string) =>
      [...made.application.values, ...made.shownOnce].find((value) => value.name === name)?.value ?? ''
    const env = { ISSUER: valueOf('issuer'), CLIENT_ID: valueOf('clientId'), CLIENT_SECRET: valueOf('clientSecret') }
    const own = spawn(process.execPath, ['sign-on.mjs'], {
      cwd: postern.folder,
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [line] = (await once(createInterface(own.stdout), 'line')) as [string]
      assert.equal(line, `Open http://localhost:${port}`)
      const asked = await fetch(`http://localhost:${port}/`, { redirect: 'manual' })
      const back = await open(ana, asked.headers.get('location') ?? '')
      const greeting = await (await fetch(back.headers.get('location') ?? '')).text()
      assert.match(greeting, /^Hello, Ana Example\n/)
      const told = JSON.parse(greeting.slice(greeting.indexOf('\n'))) as Record<string, unknown>
      const listed = guide.rows('claim').flatMap(([claim]) => names(claim))
      // Ana has not confirmed hers.
      for (const claim of listed.filter((name) => name !== 'email')) assert.ok(claim in told, claim)
      assert.equal('email' in told, false)
    } finally {
      own.kill()
    }
    const { tools } = await ana.call<{ tools: { name: string }[] }>('GET', '/home')
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['Own page'],
    )
  })

  test('Who may, and how strongly: the rule is one', async () => {
    const [json] = guide.blocks('Who may, and how strongly', 'json')
    await setRules(ana, [{ ...(JSON.parse(json) as Rule), mode: 'report' }])
    const { rules } = await ana.call<SignInTest>('POST', '/applications/grafana/test', {})
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['hardware-for-dashboards'],
    )
  })

  test('The gallery is the one there is', async () => {
    const { items } = await ana.call<RecipeList>('GET', '/applications/recipes')
    assert.equal(items.length, recipes.length)
    const ways = { openid: 'OpenID Connect', saml: 'SAML', route: 'the proxy' }
    const ran = { product: 'for real', documentation: 'from its documentation' }
    assert.deepEqual(
      guide.rows('product'),
      items.map((recipe) => [recipe.product, ways[recipe.kind], ran[recipe.ran]]),
    )
  })
})
