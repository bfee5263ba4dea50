import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { button, dialog, link, linesOf, see, seeTitle, type Story } from './story.ts'

export async function createRepository({ visitor, page }: Story): Promise<void> {
  await link(page, 'Projects').first().click()
  await link(page, 'New project').click()
  await page.getByLabel('Name').fill('acme')
  await page.getByLabel('Description').fill('Everything we make')
  await button(page, 'Create the project').click()
  await seeTitle(page, 'acme')
  await link(page, 'New repository').click()
  await page.getByLabel('Name').fill('widgets')
  await page.getByLabel('Description').fill('Small parts')
  assert.ok(await page.getByRole('radio', { name: /^Private/ }).isChecked(), 'private unless chosen otherwise')
  await visitor.photograph('new-repository')
  await button(page, 'Create the repository').click()
  await page.getByRole('heading', { name: 'Push your first commits' }).waitFor()
  await visitor.photograph('empty-repository')
}

/** The page's own lines, as they are, in a shell; the page goes on by itself. */
export async function pushBaseline({ visitor, page, terminal, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets`)
  await terminal.pasteWell(await linesOf(page, 'Or a new one'))
  await see(page, /main is protected from/)
  await visitor.photograph('start-banner')
  await button(page, 'Seal this start').click()
  await dialog(page, /Seal where main starts/).waitFor()
  await visitor.photograph('start-tap')
  await button(dialog(page), 'Tap your key').click()
  await page.getByText(/Tap to seal this start/).waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'widgets' }).last().waitFor()
}

const program = `/** How large each part is, in millimetres. */
export const sizes = new Map<string, number>([
  ['small', 4],
  ['large', 40],
])
`

/** Two branches that go together, one that does not, and a tag. */
export async function pushBranches({ terminal }: Story): Promise<void> {
  await terminal.pasteWell('git switch -q -c sizes && mkdir src', 'widgets')
  await terminal.write('widgets/src/sizes.ts', program)
  await terminal.write('widgets/README.md', '# widgets\n\nSmall parts, **well made**.\n\n- small\n- large\n')
  await terminal.pasteWell(
    `git add -A && git commit -q -m 'Add sizes' -m 'Two of them, for a start.' && git push -q -u origin sizes
     git switch -q -c colours main && echo red > colours.txt && git add -A && git commit -q -m 'Add colours' && git push -q -u origin colours
     git switch -q -c slogan main && echo 'The best parts' >> README.md && git commit -q -a -m 'Add a slogan' && git push -q -u origin slogan
     git switch -q main && git tag -a v0.1 -m 'First release' && git push -q origin v0.1`,
    'widgets',
  )
}

export async function directPushIsRefused({ terminal }: Story): Promise<void> {
  const { code, screen } = await terminal.paste(
    `git commit -q --allow-empty -m 'Skip the review'
     git push origin main`,
    'widgets',
  )
  assert.notEqual(code, 0)
  assert.match(screen, /remote: .*main is protected/)
  assert.match(screen, /remote: .*pull request/)
  await terminal.pasteWell('git reset -q --hard origin/main', 'widgets')
}

export async function browse({ visitor, page, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme/widgets`)
  await button(page, /Showing main/).click()
  await link(page, 'sizes').click()
  await page
    .getByRole('listitem')
    .filter({ hasText: 'well made' })
    .or(page.locator('strong', { hasText: 'well made' }))
    .first()
    .waitFor()
  const rowOf = (name: string) =>
    page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) })
  await rowOf('src').getByText('just now').or(rowOf('src').getByText('ago')).waitFor()
  await visitor.photograph('repository')
  await link(rowOf('src'), 'Add sizes').click()
  await seeTitle(page, 'Add sizes')
  await page.goBack()
  await link(page, 'src').first().click()
  await link(page, 'sizes.ts').first().click()
  await page.locator('.hljs-keyword', { hasText: 'export' }).first().waitFor()
  await visitor.photograph('file')
  const [download] = await Promise.all([page.waitForEvent('download'), link(page, 'Download').click()])
  assert.equal(await readFile(await download.path(), 'utf8'), program)
  await findInIt(page)
  await visitor.photograph('find')
  await link(page.getByRole('list', { name: 'Files' }), 'src/sizes.ts').click()
  await link(page, 'Blame').click()
  await link(page.getByRole('region', { name: 'Who wrote each line of src/sizes.ts' }), 'Add sizes').waitFor()
  await page.goto(`${postern.origin}/acme/widgets/blame/README.md?ref=sizes`)
  await link(page, 'Add sizes').first().waitFor()
  await button(page, /^Start: Protection starts here, sealed by/)
    .first()
    .click()
  await see(dialog(page), 'Commit')
  await visitor.photograph('blame')
  await page.keyboard.press('Escape')

  await link(page, 'Commits').click()
  await link(page.getByRole('list', { name: /^\d{1,2} \w+ 20\d\d$/ }), 'Start').click()
  await seeTitle(page, 'Start')
  await page.getByRole('region', { name: 'README.md' }).getByText('# widgets').first().waitFor()
  await visitor.photograph('commit')
  await link(page, /^Branches/).click()
  await link(page, 'colours').first().waitFor()
  await see(page, 'Protected')
  await visitor.photograph('branches')
  await link(page, /^Tags/).click()
  await see(page, 'First release')
  await button(page, 'Download').click()
  const [archive] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /tar\.gz/ }).click(),
  ])
  assert.match(archive.suggestedFilename(), /widgets.*\.tar\.gz$/)
  await visitor.photograph('tags')
}

/** A word is found in names and in lines, from any page of a repository. */
async function findInIt(page: Page): Promise<void> {
  await page.keyboard.press('/')
  const field = page.getByLabel('Find in this repository')
  await field.fill('no such thing')
  await page.getByText('No line has exactly this in it.').waitFor()
  await field.fill('sizes')
  await link(page, /^\d+\s*export .*sizes/).click()
  await page.waitForURL(/file\/src\/sizes\.ts\?ref=sizes#L\d+$/)
  await page.keyboard.press('Control+k')
  await page.getByLabel(/^Search repositories, people/).fill('sizes')
  await button(page, /Find “sizes” in acme\/widgets/).click()
  await link(page.getByRole('list', { name: 'Files' }), 'src/sizes.ts').waitFor()
}
