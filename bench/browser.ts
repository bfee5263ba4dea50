import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { launchChromium, Visitor } from '../test/support/chromium.ts'
import { type Group, median } from './measure.ts'
import { type Served, serve, throwAwayFolder } from './served.ts'

const R = '/projects/acme/repositories/widgets'

/** What a person waits for, beside their own time: a virtual key taps at once. From the click to the page that follows. */
export const browser: Group = {
  name: 'browser',
  does: 'sign-in click to Home and tap to merged page, in Chromium',
  async run({ rounds }) {
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({ dataFolder: join(folder.path, 'data') })
    const owner = await setUp(served, folder.path, rounds + 1)
    await using chromium = await launchChromium()
    await using visitor = await Visitor.open(chromium)
    const { page } = visitor
    await visitor.addKey()
    await register(page, await owner.invite())

    const signIns: number[] = []
    const merges: number[] = []
    // The first of each warms up, as the scripts and the server do for whoever came before.
    for (let number = 1; number <= rounds + 1; number++) {
      signIns.push(await timeSignIn(visitor))
      merges.push(await timeMerge(page, `${served.origin}/acme/widgets/pull-requests/${number}`))
    }
    const row = (measured: string, times: number[]) => ({
      measured,
      unit: 'ms' as const,
      ours: median(times.slice(1)),
      reach: { value: 1000 },
    })
    return [
      row('click on “Tap to merge” to the merged page, in Chromium; wall', merges),
      row('sign-in click to Home, in Chromium; wall', signIns),
    ]
  },
}

async function timeSignIn(visitor: Visitor): Promise<number> {
  const { page } = visitor
  await visitor.signOut()
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  const startedAt = performance.now()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'Hello, Ben Example' }).waitFor()
  return performance.now() - startedAt
}

async function timeMerge(page: Page, pullRequest: string): Promise<number> {
  await page.goto(pullRequest)
  await page.getByRole('link', { name: 'Merge with a tap' }).click()
  await page.getByRole('row', { name: /^Statement sha256:/ }).waitFor()
  const startedAt = performance.now()
  await page.getByRole('button', { name: 'Tap to merge' }).click()
  await page.getByRole('heading', { level: 1, name: /^Merged into main/ }).waitFor()
  return performance.now() - startedAt
}

async function register(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: 'Create my passkey' }).click()
  await page.getByRole('heading', { level: 1, name: /Ben Example/ }).waitFor()
  await page.goto(new URL(link).origin)
}

/** Everything up to the open pull requests, by the owner, without a browser. */
async function setUp({ origin, setupLink }: Served, folder: string, pullRequests: number) {
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  const token = await ana.makeToken('bench')
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  const work = join(folder, 'work')
  await gitOrThrow(folder, ['init', '--quiet', '--initial-branch=main', work])
  const commit = async (file: string): Promise<void> => {
    await writeFile(join(work, file), `${file}\n`.repeat(20))
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(
      work,
      ['commit', '--quiet', '--message', `Add ${file}`],
      commitAs('Ana Example', 'ana@example.com', Date.now()),
    )
  }
  const push = (branch: string) =>
    gitOrThrow(work, [...withToken(token), 'push', '--quiet', `${origin}/acme/widgets.git`, branch])
  await commit('README.md')
  await push('main')
  for (let number = 1; number <= pullRequests; number++) {
    const branch = `change-${number}`
    await gitOrThrow(work, ['switch', '--quiet', '--create', branch, 'main'])
    await commit(`${branch}.txt`)
    await push(branch)
    await ana.call('POST', `${R}/pull-requests`, {
      title: `Change ${number}`,
      description: '',
      sourceBranch: branch,
      targetBranch: 'main',
    })
  }
  return {
    async invite(): Promise<string> {
      const ben = { username: 'ben', displayName: 'Ben Example', email: 'ben@example.com', role: 'member' }
      const { link } = await ana.act<{ link: string }>('POST', '/people', ben)
      await ana.act('PUT', `${R}/members/user/ben`, { role: 'write' })
      return link
    },
  }
}
