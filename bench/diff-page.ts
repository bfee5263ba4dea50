import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DiffSummary } from '../src/repositories/shapes.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { childrenCpuMs, treeCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'

const R = '/projects/acme/repositories/widgets'
const files = 10
const linesOfFile = 300
// CPU is counted in hundredths of a second: one page would be lost in it.
const pages = 20

/** What a browser asks for to show a change, each time of a commit that nobody has looked at: the server's CPU. */
export const diffPage: Group = {
  name: 'diff-page',
  does: `a change of ${files * linesOfFile} lines in ${files} files, beside git diff itself`,
  async run({ rounds, say }) {
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({ dataFolder: join(folder.path, 'data') })
    const ana = new Person(served.origin)
    await ana.register(await served.setupLink, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    const work = join(folder.path, 'work')
    const oids = await makeHistory(work, 2 * pages * rounds + 2)
    const credentials = withToken(await ana.makeToken('bench'))
    await gitOrThrow(work, [...credentials, 'push', '--quiet', `${served.origin}/acme/widgets.git`, 'main'])
    say('pushed')
    const fresh = oids.slice(1)
    const look = async (oid: string): Promise<void> => {
      const { files: changed, patches } = await ana.call<DiffSummary>('GET', `${R}/commits/${oid}/files`)
      const others = changed.slice(patches.length)
      await Promise.all(others.map(({ index }) => ana.call('GET', `${R}/commits/${oid}/files/${index}`)))
    }
    // As somebody comes to a change: from the list of commits.
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { nextCursor: string | null } = await ana.call(
        'GET',
        `${R}/commits${cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
      )
      cursor = page.nextCursor
    }
    await look(fresh.pop() ?? '')
    const { ours, peer } = await alternate(rounds, {
      async ours() {
        const before = treeCpuMs(served.pid)
        for (let page = 0; page < pages; page++) await look(fresh.pop() ?? '')
        return (treeCpuMs(served.pid) - before) / pages
      },
      peer() {
        const tips = Array.from({ length: pages }, () => fresh.pop() ?? '')
        return (
          childrenCpuMs(() => {
            for (const tip of tips) execFileSync('git', ['diff', `${tip}^`, tip], { cwd: work, stdio: 'ignore' })
          }) / pages
        )
      },
    })
    return [
      {
        measured: `diff page of ${files * linesOfFile} changed lines in ${files} files; server's CPU`,
        unit: 'ms',
        ours,
        peer: { name: '`git diff`', value: peer },
        reach: { ratio: 1.5 },
      },
    ]
  },
}

/** Commits that each change every second line of every file. */
async function makeHistory(work: string, count: number): Promise<string[]> {
  await mkdir(work)
  await gitOrThrow(work, ['init', '--quiet', '--initial-branch=main', '.'])
  const oids: string[] = []
  for (let turn = 0; turn < count; turn++) {
    for (let file = 0; file < files; file++)
      await writeFile(
        join(work, `file${file}.ts`),
        Array.from({ length: linesOfFile }, (_, line) =>
          line % 2 === 0 ? `export const line${line} = ${line}` : `export const value${line} = ${turn * line}`,
        ).join('\n'),
      )
    await gitOrThrow(work, ['add', '--all'])
    await gitOrThrow(
      work,
      ['commit', '--quiet', '--message', `Turn ${turn}`],
      commitAs('Ana', 'ana@localhost', 1e12 + turn * 1e3),
    )
    oids.push((await gitOrThrow(work, ['rev-parse', 'HEAD'])).trim())
  }
  return oids
}
