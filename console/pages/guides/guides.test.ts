import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { paths } from '../../paths.ts'
import { headingAnchor } from '../../ui/markdown-links.ts'
import { guideFor, guidesByPage } from '../shell/guide-for.ts'
import { guideGroups, guideNameOf, partsOf } from './guides.ts'

const root = join(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const files = globSync(['docs/guides/**/*.md', 'docs/formats/*.md'], { cwd: root })

/** Where one can arrive in a file. Headings in code are none. */
const anchorsOf = (file: string): string[] =>
  [...withoutCode(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => headingAnchor(title.replaceAll('`', '')))
const withoutCode = (text: string): string => text.replaceAll(/^( *)(`{3,}).*?^\1\2$/gms, '')

test('every guide is in the list, by its own title', () => {
  const listed = guideGroups.flatMap(({ guides }) => guides.map(({ name, title }) => `${name}: ${title}`))
  const written = files.map((file) => `${guideNameOf(file)}: ${/^# (.+)$/m.exec(read(file))?.[1]}`)
  assert.deepEqual(listed.sort(), written.sort())
})

test('the parts of a guide are its headings, and no comment in a script', () => {
  assert.deepEqual(partsOf('# T\n\n## One `x`\n\n```sh\n## not\n```\n\n### Below\n\n## Two\n'), ['One x', 'Two'])
})

test('what a page leads to is there, heading and all', () => {
  for (const [page, guide] of guidesByPage) {
    const [name = '', heading] = guide.split('#')
    const file = files.find((each) => guideNameOf(each) === name)
    assert.ok(file, `${page} leads to ${name}`)
    if (heading !== undefined) assert.ok(anchorsOf(file).includes(`user-content-${heading}`), `${page}: ${guide}`)
  }
})

test('a page leads to what is about it, and one that nothing is about to the list', () => {
  const leads = {
    '/': paths.guides,
    '/-/account/passkeys': '/-/guides/recovery',
    '/-/people': '/-/guides/guests',
    '/-/people/ben': '/-/guides/offboarding',
    '/-/people/import': '/-/guides/passwords#user-content-2-the-list',
    '/-/directory/domains': '/-/guides/directory#user-content-domains',
    '/acme/widgets': '/-/guides/git',
    '/acme/widgets/settings/branches/main': '/-/guides/review#user-content-what-a-branch-asks',
    '/acme/widgets/pull-requests/1/merge': '/-/guides/verify',
    '/acme': paths.guides,
    '/-/guides/proxy/nginx': paths.guides,
  }
  for (const [page, guide] of Object.entries(leads)) assert.equal(guideFor(page), guide, page)
  assert.equal(paths.guide('proxy/nginx'), '/-/guides/proxy/nginx')
})

test('no link between them is broken', () => {
  for (const file of ['README.md', 'CHANGELOG.md', ...files])
    for (const [, href = ''] of withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(href)) continue
      const [path = '', heading] = href.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      assert.ok(globSync(target, { cwd: root }).length > 0, `${file}: ${href}`)
      if (heading !== undefined) assert.ok(anchorsOf(target).includes(`user-content-${heading}`), `${file}: ${href}`)
    }
})

test('they are there where the image is built', () => {
  assert.deepEqual(
    read('.dockerignore')
      .split('\n')
      .filter((line) => /^(docs|integrations)|^\*\*/.test(line)),
    [],
  )
})
