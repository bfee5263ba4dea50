import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { walk } from '../src/walk/steps.ts'
import { startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

for (const store of stores)
  test(`the main job from set-up to a verified merge, on ${store.name}`, async () => {
    await using postern = await startPostern({ flags: await store.flags() })
    const said: string[] = []
    await walk({
      origin: postern.origin,
      setupLink: await postern.setupLink(),
      into: await mkdtemp(join(postern.folder, 'walk-')),
      step: async (_sentence, work) => {
        const result = await work()
        if (typeof result === 'string') said.push(result)
        return result
      },
      verify: async (clone, trust) =>
        (await promisify(execFile)(process.execPath, [main, 'verify', clone, '--trust', trust])).stdout,
      now: Date.now,
    })
    const whole = said.join('\n')
    assert.match(whole, /main is protected: open a pull request instead/)
    assert.match(whole, /Good "git" signature for ana@localhost/)
    assert.match(whole, /2 changes since protection began: all proven/)
  })
