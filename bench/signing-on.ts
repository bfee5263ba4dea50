import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person } from '../src/walk/person.ts'
import { treeCpuMs } from './cpu-time.ts'
import { serve, throwAwayFolder } from './served.ts'

const perRound = 300
const browsers = 4
const manyRequests = ['--rate-limit', '10000000']

/**
 * A server in a process of its own, its data in memory where the system can do that, at which somebody signs on to a tool
 * from four connections. Figures are microseconds of its CPU.
 */
export async function startSigningOn<Tool>({
  setUp,
  signOnce,
}: {
  setUp: (administrator: Person) => Promise<Tool>
  signOnce: (person: Person, tool: Tool) => Promise<unknown>
}): Promise<AsyncDisposable & { cpuPerSignOn(): Promise<number> }> {
  await using undo = new AsyncDisposableStack()
  const { path } = undo.use(await throwAwayFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir()))
  const { origin, pid, setupLink } = undo.use(await serve({ dataFolder: join(path, 'data'), flags: manyRequests }))
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  const tool = await setUp(ana)
  const kept = undo.move()
  return {
    async cpuPerSignOn() {
      const before = treeCpuMs(pid)
      let left = perRound
      const work = async (): Promise<void> => {
        while (left-- > 0) await signOnce(ana, tool)
      }
      await Promise.all(Array.from({ length: browsers }, work))
      return ((treeCpuMs(pid) - before) * 1000) / perRound
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
