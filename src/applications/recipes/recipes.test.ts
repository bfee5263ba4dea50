import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Check } from 'typebox/value'
import { RouteForm } from '../../proxy/routes/route-form.ts'
import { OpenidSettings } from '../../sign-on/openid/client-settings.ts'
import { SamlSettings } from '../../sign-on/saml/saml-settings.ts'
import { ApplicationSlug } from '../shapes.ts'
import { recipes } from './recipes.ts'

const schemas = { openid: OpenidSettings, saml: SamlSettings, route: RouteForm }
/** What each kind gives to be put into a tool, beside what the administrator is asked. */
const known = {
  openid: [
    'issuer',
    'discovery',
    'authorization',
    'token',
    'userinfo',
    'jwks',
    'endSession',
    'clientId',
    'clientSecret',
  ],
  saml: ['entityId', 'ssoUrl', 'metadataUrl', 'certificate'],
  route: ['issuer', 'audience', 'jwksUri'],
}

const namesIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/(?<!\$)\{([a-zA-Z]+)\}/g)].map(([, name = '']) => name)
const filled = <Value>(value: Value, values: Record<string, string>): Value =>
  JSON.parse(
    JSON.stringify(value).replaceAll(/(?<!\$)\{([a-zA-Z]+)\}/g, (_, name: string) => values[name] ?? '?'),
  ) as Value

for (const recipe of recipes)
  test(`${recipe.product}: fits its kind, and names only what is known`, () => {
    const asked = recipe.asks.map(({ name }) => name)
    const examples = Object.fromEntries(recipe.asks.map(({ name, example }) => [name, example]))
    assert.ok(Check(ApplicationSlug, recipe.slug))
    assert.ok(Check(schemas[recipe.kind], filled(recipe.settings, examples)), JSON.stringify(recipe.settings))
    // The form is filled before there is anything of the application itself.
    assert.deepEqual(
      namesIn([recipe.settings, recipe.launchUrl]).filter((name) => !asked.includes(name)),
      [],
    )
    const all = [...asked, ...known[recipe.kind]]
    assert.deepEqual(
      namesIn(recipe.steps).filter((name) => !all.includes(name)),
      [],
    )
    assert.deepEqual(
      recipe.steps.flatMap(({ values = [] }) => values).filter((name) => !all.includes(name)),
      [],
    )
    assert.equal(URL.parse(recipe.source)?.protocol, 'https:')
    assert.match(recipe.sourceName, /^[A-Z]\S+/)
    if (recipe.launchUrl !== null)
      assert.match(URL.parse(filled(recipe.launchUrl, examples))?.protocol ?? '', /^https?:$/)
    if (recipe.kind === 'openid' && recipe.settings['keepsSecret'] !== false)
      assert.ok(JSON.stringify(recipe.steps).includes('clientSecret'), 'it says where the secret goes')
  })

test('the gallery has every product that was promised, each once', () => {
  const products = recipes.map(({ id }) => id)
  assert.equal(new Set(products).size, products.length)
  const atlassian = [
    'jira-cloud',
    'confluence-cloud',
    'jira-data-center',
    'confluence-data-center',
    'bitbucket-data-center',
  ]
  const others = [
    'trello',
    'redmine',
    'dokuwiki',
    'mediawiki',
    'gitea',
    'gitlab',
    'grafana',
    'nextcloud',
    'aws',
    'kubernetes',
  ]
  const promised = [...atlassian, ...others]
  assert.deepEqual(products.toSorted(), promised.toSorted())
})
