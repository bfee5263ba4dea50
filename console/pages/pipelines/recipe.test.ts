import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { recipeOf } from './recipe.ts'

const where = {
  resource: 'https://git.example.com/acme/shop',
  exchangeUrl: 'https://git.example.com/api/v1/token-exchange',
}

test('an audience is a word in the file, whatever stands in it', () => {
  const audience = `it's "$(id)" \`id\``
  const { lines } = recipeOf({ shape: 'github', audience }, where)
  const word = /--data-urlencode (.*) "\$ACTIONS/.exec(lines.join('\n'))?.[1] ?? ''
  assert.equal(execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' }), `audience=${audience}`)
  const gitlab = recipeOf({ shape: 'gitlab', audience }, where).lines.find((line) => line.includes('aud:'))
  assert.equal(gitlab, `      aud: 'it''s "$(id)" \`id\`'`)
})
