import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
    const answer = await fetch(`${postern.origin}/oidc/.well-known/openid-configuration`)
    const said = (await answer.json()) as { scopes_supported: string[]; claims_supported: string[] }
    const cellOf = (tool: string) => guide.rows('in the tool').find(([asks = '']) => asks.startsWith(tool))?.[1]
    const scopes = names(cellOf('scopes')).flatMap((words) => words.split(' '))
    assert.deepEqual(scopes, ['openid', 'profile', 'email', 'offline_access'])
    assert.deepEqual(
      scopes.filter((scope) => !said.scopes_supported.includes(scope)),
      [],
    )
    const claims = ['attribute for the user name', 'attribute for groups'].flatMap((asks) => names(cellOf(asks)))
    assert.deepEqual(claims, ['preferred_username', 'groups'])
    assert.deepEqual(
      claims.filter((claim) => !said.claims_supported.includes(claim)),
      [],
    )
    // What the tool says of itself is typed into fields of these names.
    const page = (name: string) => readFile(join(import.meta.dirname, '../console/pages/applications', name), 'utf8')
    const form = (await page('openid-fields.tsx')) + (await page('openid-more.tsx'))
    for (const tool of ['redirect', 'sign-out notification']) {
      const [, field = ''] = /\*\*(.+)\*\*(?: of the form|, under More)/.exec(cellOf(tool) ?? '') ?? []
      assert.ok(form.includes(`label="${field}"`), `${tool}: ${field}`)
    }
  })

  test('Try it with a page of your own: it says hello, and was told what the page lists', async () => {
    const [script] = guide.blocks('Try it with a page of your own', 'js')
    const [command] = guide.blocks('Try it with a page of your own', 'sh')
    await symlink(join(import.meta.dirname, '../node_modules'), join(postern.folder, 'node_modules'))
    await writeFile(join(postern.folder, 'sign-on.mjs'), script)
    const valueOf = (name: string) =>
      [...made.application.values, ...made.shownOnce].find((value) => value.name === name)?.value ?? ''
    const typed = command
      .replace('https://git.example.com/oidc', valueOf('issuer'))
      .replace('app_…', valueOf('clientId'))
      .replace('SECRET=…', `SECRET=${valueOf('clientSecret')}`)
    assert.doesNotMatch(typed, /…|example/)
    const own = spawn('sh', ['-c', typed], {
      cwd: postern.folder,
      env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A shell may stay between: both are ended together.
      detached: true,
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
      process.kill(-(own.pid ?? assert.fail('it never ran')))
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
