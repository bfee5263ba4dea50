import { generateKeyPairSync, sign } from 'node:crypto'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Person } from '../src/walk/person.ts'
import { answerOf, askByRedirect, setUp } from '../test/support/saml.ts'
import { ownCpuMs, treeCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'

const perRound = 300
const warmUpRounds = 4
const browsers = 4
const rawTimes = 500
const manyRequests = ['--rate-limit', '10000000']

/**
 * Somebody who is signed in opens a tool that asks by SAML: the request, and the page with the signed answer. The server
 * runs in a process of its own, so its CPU is all that a sign-on costs it.
 */
export const saml: Group = {
  name: 'saml',
  does: 'a whole sign-on by SAML with a session, over HTTP, beside the RSA signature alone',
  async run({ rounds }) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const bytes = Buffer.alloc(1_000)
    const rawSign = () => sign('sha256', bytes, privateKey)
    await using inMemory = await startSigningOn(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
    const sides = {
      raw: () => (ownCpuMs(() => void Array.from({ length: rawTimes }, rawSign)) * 1000) / rawTimes,
      memory: () => inMemory.cpuPerSignOn(),
    }
    await alternate(warmUpRounds, sides)
    const measured = await alternate(rounds, sides)
    return [
      {
        measured: 'whole sign-on by SAML with a session (request, signed answer); CPU without the fsync',
        unit: 'µs',
        ours: measured.memory,
        peer: { name: 'RSA signature, 2048 bits', value: measured.raw },
        // 300 a second on one core.
        reach: { value: 3_333 },
      },
    ]
  },
}

async function startSigningOn(root: string): Promise<AsyncDisposable & { cpuPerSignOn(): Promise<number> }> {
  await using undo = new AsyncDisposableStack()
  const { path } = undo.use(await throwAwayFolder(root))
  const { origin, pid, setupLink } = undo.use(await serve({ dataFolder: join(path, 'data'), flags: manyRequests }))
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  await setUp(ana, 'wiki', { settings: { attributes: [{ name: 'uid', value: 'username' }] } })
  const kept = undo.move()
  return {
    async cpuPerSignOn() {
      const before = treeCpuMs(pid)
      let left = perRound
      const work = async (): Promise<void> => {
        while (left-- > 0) answerOf(await askByRedirect(ana))
      }
      await Promise.all(Array.from({ length: browsers }, work))
      return ((treeCpuMs(pid) - before) * 1000) / perRound
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
