import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildIfStale } from '../../src/commands/build.ts'
import { launchChromium, Visitor, type VirtualKey, type VisitorOptions } from '../support/chromium.ts'
import { startPostern, type StartedPostern, type StartOptions } from '../support/start-postern.ts'
import { Terminal } from './terminal.ts'

/** Everything a story happens in: a server with the console of these sources, a browser somebody at it, and a shell. */
export interface Story extends AsyncDisposable {
  postern: StartedPostern
  browser: Browser
  visitor: Visitor
  /** The screen lock of their machine. */
  laptop: VirtualKey
  page: Page
  terminal: Terminal
  /** One step, shown by its sentence. The first that fails ends the story, with a picture of where it was. */
  step(sentence: string, work: () => Promise<void>): Promise<void>
}

export async function openStory(
  context: TestContext,
  { offersAutofill = false, ...options }: StartOptions & Pick<VisitorOptions, 'offersAutofill'> = {},
): Promise<Story> {
  assert.ok(await buildIfStale(), 'the console could not be built')
  await using opened = new AsyncDisposableStack()
  const terminal = opened.use(await Terminal.open('Ana Example', 'ana@example.com'))
  const postern = opened.use(await startPostern(options))
  const browser = opened.use(await launchChromium())
  const visitor = opened.use(await Visitor.open(browser, { offersAutofill }))
  const { page } = visitor
  const laptop = await visitor.addKey()
  const kept = opened.move()
  return {
    postern,
    browser,
    visitor,
    laptop,
    page,
    terminal,
    async step(sentence, work) {
      let hasFailed = false
      await context.test(sentence, async () => {
        try {
          await work()
        } catch (error) {
          hasFailed = true
          await visitor.photograph('failed').catch(() => {})
          context.diagnostic(`the page was ${page.url()} and complained: ${visitor.errors.join('; ') || 'of nothing'}`)
          throw error
        }
      })
      if (hasFailed) throw new Error(`the story ended at: ${sentence}`)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

export const button = (at: Page | Locator, name: string | RegExp): Locator => at.getByRole('button', { name })
export const link = (at: Page | Locator, name: string | RegExp): Locator => at.getByRole('link', { name })
export const dialog = (page: Page, name?: string | RegExp): Locator =>
  page.getByRole('dialog', name === undefined ? {} : { name })

/** Waits for the page of this title. */
export const seeTitle = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor()

export const see = (at: Page | Locator, text: string | RegExp): Promise<void> => at.getByText(text).first().waitFor()

/** The lines of a block to copy, by its label. */
export const linesOf = async (page: Page, label: string | RegExp): Promise<string> =>
  (await page.locator('pre').and(page.getByLabel(label)).innerText()).trim()

/** Answers the tap that an act asks for, over the page; returns once the act itself was answered. */
export async function tap(page: Page): Promise<void> {
  const answered = page.waitForResponse((response) => 'postern-seal' in response.request().headers())
  await Promise.all([answered, tapAlone(page)])
}

/** The same where the tap is the whole act. */
export async function tapAlone(page: Page): Promise<void> {
  const asked = button(dialog(page), 'Tap your key')
  await asked.click()
  await asked.waitFor({ state: 'detached' })
}

/** Waits until a field holds this. @throws with what it held instead */
export async function holds(field: Locator, value: string): Promise<void> {
  const until = performance.now() + 20_000
  let held = await field.inputValue()
  for (; held !== value && performance.now() < until; held = await field.inputValue()) await pause(50)
  assert.equal(held, value)
}

/** Keys that mean something together only where little time passes between them: one does not wait for the other. */
export async function pressInTurn(page: Page, ...keys: string[]): Promise<void> {
  await Promise.all(keys.map((key) => page.keyboard.press(key)))
}

/** Chooses in a list that opens below a field. */
export async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await page
    .getByRole('combobox', { name: field, exact: true })
    .or(page.getByLabel(field, { exact: true }))
    .first()
    .click()
  await page.getByRole('option', { name: option }).first().click()
}
