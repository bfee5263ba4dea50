import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Person } from '../src/walk/person.ts'
import { treePssMb } from './cpu-time.ts'
import { KeepAliveClient } from './keep-alive-client.ts'
import { type Group, median } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'
import { signInOnce } from './sign-in.ts'

const requests = 10_000
// Few enough for all of them to stay below the limit of their own address.
const warmUp = 300
const usualSignIns = 100
const mostDuring = 300
const floodingFile = fileURLToPath(new URL('./flooding.ts', import.meta.url))

/**
 * One address asks for 10,000 challenges over 16 connections as fast as it gets answers, while somebody at another signs
 * in again and again. Each round is a fresh server with its limits as they come, and the usual time is measured right
 * before and right after.
 */
export const flood: Group = {
  name: 'flood',
  does: '10,000 requests for a challenge from one address, and what others notice',
  async run({ rounds }) {
    const measured: { usual: number; during: number; grownMb: number }[] = []
    for (let round = 0; round < rounds; round++) measured.push(await floodOnce())
    const of = (pick: (each: (typeof measured)[number]) => number): number => median(measured.map(pick))
    return [
      {
        measured: 'sign-in from another address while one floods with 10,000 requests for a challenge; wall',
        unit: 'ms',
        ours: of(({ during }) => during),
        peer: { name: 'the same without the flood', value: of(({ usual }) => usual) },
        reach: { ratio: 1.5 },
      },
      {
        measured: 'what that flood adds to the memory of the process tree, PSS',
        unit: 'MB',
        ours: of(({ grownMb }) => grownMb),
        reach: { value: 50 },
      },
    ]
  },
}

async function floodOnce(): Promise<{ usual: number; during: number; grownMb: number }> {
  await using undo = new AsyncDisposableStack()
  const { path } = undo.use(await throwAwayFolder(tmpdir()))
  const { origin, pid, setupLink } = undo.use(await serve({ dataFolder: join(path, 'data') }))
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  using client = new KeepAliveClient(origin)
  const signIn = async (): Promise<number> => {
    const startedAt = performance.now()
    await signInOnce(client, ana.authenticator, origin)
    return performance.now() - startedAt
  }
  const signInOften = async (times: number): Promise<number[]> => {
    const took: number[] = []
    while (took.length < times) took.push(await signIn())
    return took
  }
  await signInOften(warmUp)
  const before = await signInOften(usualSignIns)
  const memoryMb = treePssMb(pid)
  let isOver = false
  const over = promisify(execFile)(process.execPath, [floodingFile, origin, String(requests)]).finally(
    () => (isOver = true),
  )
  const during: number[] = []
  while (!isOver && during.length < mostDuring) during.push(await signIn())
  await over
  const grownMb = treePssMb(pid) - memoryMb
  const after = await signInOften(usualSignIns)
  return { usual: median([...before, ...after]), during: median(during), grownMb }
}
