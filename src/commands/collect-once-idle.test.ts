import assert from 'node:assert/strict'
import { on } from 'node:events'
import { it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { collectGarbage } from './collect-once-idle.ts'

/** A thread that works without a pause for some turns; whatever else runs beside this test is no work of its. */
const thread = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.tested).then(({ collectOnceIdle }) => {
    collectOnceIdle(() => {
      parentPort.postMessage('collected')
      // Where it cannot be done, the process goes on.
      setTimeout(() => parentPort.postMessage('alive'), 20)
      return Promise.reject(new Error('no inspector'))
    }, 20)
    let turns = 0
    const work = () => {
      for (const until = performance.now() + 10; performance.now() < until; );
      if (++turns < workerData.busyTurns) setImmediate(work)
      else parentPort.postMessage('worked')
    }
    work()
  })
  parentPort.on('message', () => {})`

it(
  'collects as soon as there is nothing to do and not before, and outlives a failure of it',
  { timeout: 60_000 },
  async () => {
    const workerData = { tested: new URL('./collect-once-idle.ts', import.meta.url).href, busyTurns: 30 }
    const worker = new Worker(thread, { eval: true, workerData })
    const heard: string[] = []
    for await (const [word] of on(worker, 'message') as AsyncIterable<[string]>) if (heard.push(word) === 3) break
    await worker.terminate()
    assert.deepEqual(heard, ['worked', 'collected', 'alive'])
  },
)

it('lets go of what nobody holds', async () => {
  const left = new WeakRef({ some: 'thing' })
  await new Promise((resolve) => setImmediate(resolve))
  await collectGarbage()
  assert.equal(left.deref(), undefined)
})
