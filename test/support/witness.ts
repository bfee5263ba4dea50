import { join } from 'node:path'
import { main } from '../../src/verifier/witness/main.ts'
import type { StartedPostern } from './start-postern.ts'

/** Somebody else's `postern witness`, which cosigns the ledger of this server. Its state lies in the folder of the test. */
export async function startWitness({ origin, folder }: Pick<StartedPostern, 'origin' | 'folder'>, name: string) {
  const log = await (await fetch(`${origin}/ledger/key`)).text()
  const stop = new AbortController()
  const ready = Promise.withResolvers<string>()
  let key = ''
  const output = {
    out: (part: string) => void (key += part),
    err: (part: string) => ready.resolve(/http:\S+/.exec(part)?.[0] ?? ''),
  }
  const keep = join(folder, `witness-${name}`)
  const args = ['--log', log.trim(), '--keep', keep, '--listen', '127.0.0.1:0', '--name', name]
  const running = main(args, { output, signal: stop.signal })
  const url = (await ready.promise).replace('/add-checkpoint', '')
  return {
    url,
    key: key.trim(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
