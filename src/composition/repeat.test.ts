import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { repeat } from './repeat.ts'

test('at the start and every so often, one run at a time, whatever fails; closing waits for the last', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  const runs: PromiseWithResolvers<void>[] = []
  const errors: unknown[] = []
  const job = repeat(
    1_000,
    () => {
      const run = Promise.withResolvers<void>()
      runs.push(run)
      return run.promise
    },
    (error) => errors.push(error),
  )
  assert.equal(runs.length, 0)
  job.start()
  assert.equal(runs.length, 1)
  context.mock.timers.tick(3_000)
  assert.equal(runs.length, 1, 'the first is still under way')
  runs[0]?.reject(new Error('no luck'))
  await turn()
  assert.deepEqual(errors.map(String), ['Error: no luck'])
  context.mock.timers.tick(1_000)
  assert.equal(runs.length, 2)
  job.stir()
  job.stir()
  assert.equal(runs.length, 2)
  runs[1]?.resolve()
  await turn()
  assert.equal(runs.length, 3, 'once more for both')
  job.stir()
  let isClosed = false
  const closing = job.close().then(() => (isClosed = true))
  await turn()
  assert.equal(isClosed, false)
  runs[2]?.resolve()
  await closing
  job.stir()
  context.mock.timers.tick(5_000)
  assert.equal(runs.length, 3)
})
