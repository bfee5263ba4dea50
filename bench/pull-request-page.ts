import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { launchChromium, Visitor } from '../test/support/chromium.ts'
import { type Group, median } from './measure.ts'
import { type Served, serve, throwAwayFolder } from './served.ts'

const R = '/projects/acme/repositories/widgets'
const files = 200
const comments = 500
const lastWords = 'The last word of all'

/** A long discussion of a wide change, opened by somebody whose browser knows the console: until it can be read. */
export const pullRequestPage: Group = {
  name: 'pull-request-page',
  does: `a pull request of ${files} files and ${comments} comments, opened in Chromium`,
  async run({ rounds, say }) {
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({ dataFolder: join(folder.path, 'data') })
    const invitation = await setUp(served, folder.path)
    say('set up')
    await using chromium = await launchChromium()
    await using visitor = await Visitor.open(chromium)
    const { page } = visitor
    await visitor.addKey()
    await page.goto(invitation)
    await page.getByRole('button', { name: 'Create my passkey' }).click()
    await page.getByRole('heading', { level: 1, name: /Ben Example/ }).waitFor()

    const conversation: number[] = []
    const change: number[] = []
    const server: number[] = []
    const address = `${served.origin}/acme/widgets/pull-requests/1`
    // The first of each warms up, as the scripts and the server do for whoever came before.
    for (let round = 0; round <= rounds; round++) {
      conversation.push(await timeReadable(page, address, lastWords))
      change.push(await timeReadable(page, `${address}?tab=files`, 'export const size0 = 0'))
      server.push(await timeReview(page))
    }
    const row = (measured: string, times: number[], reach: number) => ({
      measured,
      unit: 'ms' as const,
      ours: median(times.slice(1)),
      reach: { value: reach },
    })
    return [
      row(`pull request with ${comments} comments, to readable, in Chromium; wall`, conversation, 1000),
      row(`its change of ${files} files, to readable, in Chromium; wall`, change, 1000),
      row(`its ${comments} comments from the API, as the browser fetches them; wall`, server, 200),
    ]
  },
}

/** What of a browser's page is used there. */
interface InPage {
  document: { body?: { textContent: string } }
  requestAnimationFrame(then: () => void): void
}

/**
 * From the address to the frame that shows these words. Looked at in each frame: a locator would look again after up to
 * half a second.
 */
async function timeReadable(page: Page, address: string, words: string): Promise<number> {
  await page.goto('about:blank')
  const startedAt = performance.now()
  await page.goto(address, { waitUntil: 'commit' })
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as InPage).document.body?.textContent.includes(wanted),
    words,
    { polling: 'raf' },
  )
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        const { requestAnimationFrame: next } = globalThis as unknown as InPage
        next(() => next(done))
      }),
  )
  return performance.now() - startedAt
}

const timeReview = (page: Page): Promise<number> =>
  page.evaluate(async (path) => {
    const startedAt = performance.now()
    await (await fetch(path)).json()
    return performance.now() - startedAt
  }, `/api/v1${R}/pull-requests/1/review`)

/** A branch that changes every file, half of the comments at its lines and half of them answers; returns an invitation. */
async function setUp({ origin, setupLink }: Served, folder: string): Promise<string> {
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  const token = await ana.makeToken('bench')
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const work = join(folder, 'work')
  await gitOrThrow(folder, ['init', '--quiet', '--initial-branch=main', work])
  await mkdir(join(work, 'src'))
  const commit = async (message: string, factor: number): Promise<void> => {
    for (let file = 0; file < files; file++) {
      const lines = Array.from(
        { length: 30 },
        (_, line) => `export const size${line} = ${line % 3 ? line : line * factor}`,
      )
      await writeFile(join(work, `src/part-${file}.ts`), `${lines.join('\n')}\n`)
    }
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(work, ['commit', '--quiet', '-m', message], commitAs('Ana Example', 'ana@example.com', Date.now()))
  }
  const push = (branch: string) =>
    gitOrThrow(work, [...withToken(token), 'push', '--quiet', `${origin}/acme/widgets.git`, branch])
  await commit('Start', 1)
  await push('main')
  await gitOrThrow(work, ['switch', '--quiet', '--create', 'wide'])
  await commit('Make every size larger', 100)
  await push('wide')
  const { headOid } = await ana.call<{ headOid: string }>('POST', `${R}/pull-requests`, {
    title: 'Make every size larger',
    description: 'All of them.',
    sourceBranch: 'wide',
    targetBranch: 'main',
  })
  await discuss(ana, headOid)
  const ben = { username: 'ben', displayName: 'Ben Example', email: 'ben@example.com', role: 'member' }
  const { link } = await ana.act<{ link: string }>('POST', '/people', ben)
  await ana.act('PUT', `${R}/members/user/ben`, { role: 'write' })
  return link
}

async function discuss(ana: Person, headOid: string): Promise<void> {
  const words = 'Why is this **larger** now? See `size` above, and [the notes](docs/notes.md).\n\nIt was enough before.'
  for (let at = 0; at < comments / 2; at++) {
    const isLast = at === comments / 2 - 1
    const { id } = await ana.call<{ id: string }>('POST', `${R}/pull-requests/1/threads`, {
      body: `${at}: ${words}`,
      isDraft: false,
      ...(at % 5 === 0 ? {} : { path: `src/part-${at % files}.ts`, side: 'head', line: 4 }),
      headOid,
    })
    const body = isLast ? lastWords : words
    await ana.call('POST', `${R}/pull-requests/1/threads/${id}/comments`, { body, isDraft: false })
  }
}
