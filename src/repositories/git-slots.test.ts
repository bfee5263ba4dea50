import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from './git-slots.ts'
import { failsWith } from './git-testing.ts'
import { createStreamShares, type StreamHolder } from './stream-shares.ts'

const ana: StreamHolder = { account: 'ana' }
const bo: StreamHolder = { account: 'bo' }
const stranger = (address: number): StreamHolder => ({ stranger: `s${address}` })

/** Whoever asks stays until they are let go, whoever came first before all others. */
function make(count: number, turns?: 'long') {
  const slots = createSlots(count, turns)
  const inside: { name: string; leave: () => void }[] = []
  return {
    async ask(holder?: StreamHolder): Promise<void> {
      const slot = await slots.take(holder)
      inside.push({ name: Object.values(holder ?? { own: 'own' })[0] ?? '', leave: () => slot[Symbol.dispose]() })
    },
    leave: (): void => inside.shift()?.leave(),
    async names(): Promise<string> {
      await new Promise((resolve) => setImmediate(resolve))
      return inside.map(({ name }) => name).join(' ')
    },
  }
}

test('whoever asks a thousand times takes half of the places, and one turn in that of everybody', async () => {
  const { ask, leave, names } = make(4)
  for (let times = 0; times < 1000; times++) void ask(ana)
  assert.equal(await names(), 'ana ana')
  for (const holder of [bo, stranger(1), bo, undefined]) void ask(holder)
  assert.equal(await names(), 'ana ana bo s1')
  const seen: string[] = []
  for (let turn = 0; turn < 4; turn++) {
    leave()
    seen.push(await names())
  }
  assert.deepEqual(seen, ['ana bo s1 ana', 'bo s1 ana bo', 's1 ana bo own', 'ana bo own ana'])
})

test('where turns are long, each takes less of what others have taken, and there is always room for one more', async () => {
  const { ask, leave, names } = make(8, 'long')
  for (const holder of [ana, bo]) for (let times = 0; times < 9; times++) void ask(holder)
  assert.equal(await names(), 'ana ana ana bo bo')
  for (const account of ['cy', 'dan', 'eve']) void ask({ account })
  assert.equal(await names(), 'ana ana ana bo bo cy dan eve')
  void ask({ account: 'fay' })
  leave()
  assert.equal(await names(), 'ana ana bo bo cy dan eve fay')

  const four = make(4, 'long')
  for (const holder of [ana, bo]) for (let times = 0; times < 9; times++) void four.ask(holder)
  void four.ask({ account: 'cy' })
  assert.equal(await four.names(), 'ana ana bo cy', 'as imports are taken: a third person still finds a place')

  const shares = createStreamShares(256, 'long')
  const hold = (holder: StreamHolder, wanted = 256): number => {
    let had = 0
    while (had < wanted && !shares.isFull(holder)) {
      shares.count(holder, 1)
      had++
    }
    return had
  }
  const accounts = Array.from({ length: 6 }, (_, index) => hold({ account: `a${index}` }))
  assert.deepEqual(accounts, [86, 57, 38, 25, 17, 11])
})

test('one address of strangers has a quarter, and all of them half', async () => {
  const { ask, leave, names } = make(8)
  for (const address of [1, 2, 3]) for (let times = 0; times < 3; times++) void ask(stranger(address))
  assert.equal(await names(), 's1 s1 s2 s2')
  for (let times = 0; times < 3; times++) void ask(ana)
  assert.equal(await names(), 's1 s1 s2 s2 ana ana ana')
  leave()
  leave()
  assert.equal(await names(), 's2 s2 ana ana ana s1 s3')
})

test('more strangers than that are told to come again, and nobody who is known', async () => {
  const { ask, leave, names } = make(4)
  for (let times = 0; times < 201; times++) void ask(stranger(0))
  await assert.rejects(ask(stranger(0)), failsWith('git-busy'))
  void ask(stranger(1))
  for (let address = 2; address <= 1801; address++) void ask(stranger(address))
  await assert.rejects(ask(stranger(2000)), failsWith('git-busy'))
  for (let times = 0; times < 3000; times++) void ask(ana)
  assert.equal(await names(), 's0 s1 ana ana')
  leave()
  void ask(stranger(2000))
  assert.equal(await names(), 's1 ana ana s0')
})
