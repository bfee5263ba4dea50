import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gitOrThrow } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { makeProposing } from '../test/support/proposed.ts'
import { treeCpuMs } from './cpu-time.ts'
import { fillLarge, people, events, mergesOfOne } from './large-rows.ts'
import { type Group, median, type Row } from './measure.ts'
import { freePort, serve, throwAwayFolder } from './served.ts'

const R = '/projects/acme/repositories/widgets'
const idleMs = 10_000
/** What somebody waits for on a page. */
const page = 300

/** An instance of many people and many years: what grew with its tables once shows here. */
export const large: Group = {
  name: 'large',
  does: `${people.toLocaleString('en')} people, ${events.toLocaleString('en')} events, a repository of ${mergesOfOne.toLocaleString('en')} merges`,
  async run({ rounds, say }) {
    await using folder = await throwAwayFolder(tmpdir())
    const dataFolder = join(folder.path, 'data')
    // Passkeys and clones know their origin.
    const port = await freePort()
    const { ana, git } = await setUp(dataFolder, port, folder.path)
    await fillLarge(dataFolder)
    say('filled')
    // The first start brings what is new into the repository.
    const first = await serve({ dataFolder, port })
    await git('switch', '--quiet', '--create', 'first', 'main')
    await git('push', '--quiet', 'origin', 'first')
    await first.stop()

    await using served = await serve({ dataFolder, port })
    await ana.signIn()
    const ms = async (work: () => Promise<unknown>): Promise<number> => {
      const startedAt = performance.now()
      await work()
      return performance.now() - startedAt
    }
    const timed = async (measured: string, reach: number, work: (round: number) => Promise<unknown>): Promise<Row> => {
      const runs: number[] = []
      // The first warms up.
      for (let round = 0; round <= rounds; round++) runs.push(await ms(() => work(round)))
      return { measured, unit: 'ms', ours: median(runs.slice(1)), reach: { value: reach } }
    }
    const asked = (what: string, path: string, reach = page): Promise<Row> =>
      timed(`${what}, in a large instance; wall`, reach, () => ana.call('GET', path))
    const rows = [
      { measured: 'start to `/readyz` of a large instance; wall', unit: 'ms', ours: served.readyAfterMs } as Row,
      await asked('Home', '/home'),
      await asked('people found by a part of their name', '/people?q=number-199'),
      await asked('what somebody’s own rules ask of them', '/me/policy'),
      await asked('who is open for review', `${R}/pull-requests?state=open`),
      await asked('branches with who stands behind them', `${R}/branches`),
      await asked('events of one repository', '/audit?target=acme/widgets'),
      await asked('events of a kind that never was', '/audit?action=domain.lost', 1000),
      await timed('push to a branch of a repository of many merges; wall', 1500, async (round) => {
        await git('push', '--quiet', 'origin', `main:refs/heads/round-${round}`)
      }),
    ]
    const before = treeCpuMs(served.pid)
    using _waiting = await waitForNews(ana)
    await wait(idleMs)
    rows.push({
      measured: `CPU of ${idleMs / 1000} idle seconds of a large instance, one page open`,
      unit: 'ms',
      ours: treeCpuMs(served.pid) - before,
      reach: { value: 500 },
    })
    return rows
  },
}

async function setUp(dataFolder: string, port: number, folder: string) {
  await using served = await serve({ dataFolder, port })
  const { origin } = served
  const ana = new Person(origin)
  await ana.register(await served.setupLink, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
  const { git, propose, merge } = await makeProposing({ folder, origin }, ana, 'acme/widgets')
  await merge(ana, await propose('change'))
  await propose('open')
  const work = join(folder, 'work-acme-widgets')
  await gitOrThrow(work, ['switch', '--quiet', 'main'])
  return { ana, git }
}

/** A page that waits to be told what changed. */
async function waitForNews(person: Person): Promise<Disposable> {
  const { id } = await person.call<{ id: string }>('GET', '/me')
  const response = await person.fetch('GET', `/live?about=inbox:${id}`)
  const reader = response.body?.getReader()
  await reader?.read()
  return { [Symbol.dispose]: () => void reader?.cancel().catch(() => {}) }
}
