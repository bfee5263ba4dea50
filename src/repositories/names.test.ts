import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { it } from 'node:test'
import { checkProjectName, checkRepositoryName, isName, reservedRoots } from './names.ts'

const refused = [
  '', 'a', 'a'.repeat(65), 'x'.repeat(300), '.a', '-a', '_a', 'a..b', '..', 'a/b', 'a\\b', 'a b', 'a\0b', 'a\nb', 'a\u202eb',
  'ä-b', 'a%2fb', 'a.git', 'a.GIT', 'a.lock', 'ab.', 'a:b', 'a;b', 'a?b', 'a#b', '<script>',
] // prettier-ignore

for (const name of refused) {
  it(`refuses ${JSON.stringify(name.slice(0, 40))}`, () => {
    assert.equal(isName(name), false)
    assert.throws(() => checkRepositoryName(name), { status: 422, code: 'invalid-input' })
  })
}

it('takes letters of both cases, digits, dots, dashes and underscores', () => {
  for (const name of ['ab', 'Payments', '0x', 'a.b-c_d', 'a'.repeat(64)]) checkProjectName(name)
})

it('keeps every root of the product for the product, in any case', () => {
  for (const root of reservedRoots) {
    assert.throws(() => checkProjectName(root), { status: 422 }, root)
    assert.throws(() => checkProjectName(root.toUpperCase()), { status: 422 }, root)
  }
})

it('reserves the first part of every route there is', () => {
  const source = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /routes|health|console|server/.test(name) && name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  const roots = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/['"`]\/([a-z0-9.-]+)(?=\/|['"`?])/g)].map(
      (match) => match[1] ?? '',
    ),
  )
  assert.ok(roots.includes('api') && roots.includes('healthz'))
  assert.deepEqual(
    [...new Set(roots)].filter((root) => isName(root) && !reservedRoots.includes(root)),
    [],
  )
})
