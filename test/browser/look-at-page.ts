import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import type { PageToSee } from './page-list.ts'

declare global {
  var axe: typeof import('axe-core')
}

const views = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'phone', colorScheme: 'dark', width: 390 },
] as const

/** One page in both schemes and widths: nothing serious for axe, nothing wider than the phone, a picture of each. */
export async function lookAtPage(page: Page, origin: string, { name, url, shows, first }: PageToSee): Promise<void> {
  const folder = join(import.meta.dirname, '../../artefacts/pages')
  mkdirSync(folder, { recursive: true })
  await page.goto(`${origin}${url}`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await first?.(page)
  if (shows !== undefined) await page.getByText(shows).first().waitFor()
  await isWhole(page)
  await page.evaluate(axe.source)
  const found: string[] = []
  for (const view of views) {
    await page.emulateMedia({ colorScheme: view.colorScheme })
    await page.setViewportSize({ width: view.width, height: 900 })
    const other = view.colorScheme === 'dark' ? 'light' : 'dark'
    await page.locator(`html[data-mantine-color-scheme=${other}]`).waitFor({ state: 'detached' })
    await isWhole(page)
    if (process.env['CI'] === undefined)
      await page.screenshot({ path: join(folder, `${name}-${view.name}.png`), fullPage: true, animations: 'disabled' })
    found.push(...(await findFaults(page, view)))
  }
  assert.deepEqual(found, [], found.join('\n'))
}

const MOST_LOOKS = 5

/** What stays wrong: a diff measures its lines anew after the page became narrow, and is looked at once more then. */
async function findFaults(page: Page, view: (typeof views)[number]): Promise<string[]> {
  for (let look = 1; ; look++) {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    const faults = await findSerious(page)
    if (width > view.width) faults.push(`${width} pixels wide`)
    faults.push(...(await findCut(page)))
    if (faults.length === 0 || look === MOST_LOOKS) return faults.map((fault) => `${view.name}: ${fault}`)
  }
}

/** Buttons and choices with more words than they have room for. */
const findCut = (page: Page): Promise<string[]> =>
  page
    .locator('.mantine-Button-label, .mantine-Select-input')
    .evaluateAll((all) =>
      all
        .filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
        .map((one) => `“${'value' in one ? String(one.value) : one.textContent}” is cut off`),
    )

/** By axe, which the page holds already. */
const findSerious = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    // What its stylesheets say is asked of the browser; to fetch them once more finds nothing.
    const { violations } = await globalThis.axe.run({ resultTypes: ['violations'], preload: false })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => {
        const where = nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`)
        return `${id}, ${help}\n  ${where.join('\n  ')}`
      })
  })

/** Nothing still loads. Nothing moves either: the browser asks for less motion. */
async function isWhole(page: Page): Promise<void> {
  for (const waiting of [
    page.locator('.mantine-Skeleton-root, [role="progressbar"]'),
    page.getByText('Loading the changes'),
  ])
    await waiting.first().waitFor({ state: 'detached' })
}
