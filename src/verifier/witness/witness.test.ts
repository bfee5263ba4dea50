import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { renderAddCheckpoint } from '../../protocols/tlog/add-checkpoint.ts'
import { renderCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { readCosignatures } from '../../protocols/tlog/cosignature.ts'
import { leafHash, nodeHash, proveConsistency, type ReadNode, rootOf } from '../../protocols/tlog/merkle.ts'
import { parseNoteKey, renderNoteKey, signNote } from '../../protocols/tlog/note.ts'
import { main } from './main.ts'

/** A log of leaves, any of which may be others. */
function logOf(salt: string) {
  const read: ReadNode = async (level, index) =>
    level === 0
      ? leafHash(`${index < 4 ? '' : salt}${index}`)
      : nodeHash(await read(level - 1, 2 * index), await read(level - 1, 2 * index + 1))
  return {
    note: async (size: number) =>
      signNote(renderCheckpoint({ origin: log.name, size, root: await rootOf(size, read) }), log, privateKey),
    proof: (older: number, size: number) => proveConsistency(older, size, read),
  }
}
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const log = {
  name: 'git.example.com/ledger',
  publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32),
}
const honest = logOf('')
const forked = logOf('forked ')

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-witness-'))
})
after(() => rm(folder, { recursive: true }))

/** Runs the command until the work is done. */
async function witness(name: string, work: (ask: (body: string) => Promise<Response>, key: string) => Promise<void>) {
  const stop = new AbortController()
  let key = ''
  let said = ''
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const output = {
    out: (part: string) => void (key += part),
    err: (part: string) => {
      said += part
      if (part.startsWith('Cosigns')) resolve()
    },
  }
  const args = ['--log', renderNoteKey(log), '--keep', join(folder, name), '--listen', '127.0.0.1:0', '--name', name]
  const running = main(args, { output, signal: stop.signal })
  await Promise.race([ready, running])
  const url = /http:\S+/.exec(said)?.[0] ?? assert.fail(said)
  try {
    await work((body) => fetch(url, { method: 'POST', body }), key.trim())
  } finally {
    stop.abort()
  }
  assert.equal(await running, 0)
  return said
}
const request = async (of: typeof honest, older: number, size: number) =>
  renderAddCheckpoint({ older, proof: await of.proof(older, size), note: await of.note(size) })

test('a tree that grew is cosigned, what was cosigned stays so after a start anew, and nothing else is', async () => {
  let before = ''
  await witness('w1', async (ask, key) => {
    before = key
    const first = await ask(await request(honest, 0, 5))
    assert.equal(first.status, 200)
    const note = `${await honest.note(5)}${await first.text()}`
    const by = parseNoteKey(key, 4) ?? assert.fail(key)
    assert.equal(readCosignatures(note, [by]).length, 1)
    assert.equal((await stat(join(folder, 'w1', 'key'))).mode & 0o777, 0o600)
    assert.equal((await ask(await request(honest, 5, 9))).status, 200)
    assert.equal((await ask(await request(honest, 9, 9))).status, 200)
  })
  const said = await witness('w1', async (ask, key) => {
    assert.equal(key, before)
    const behind = await ask(await request(honest, 5, 12))
    assert.deepEqual(
      [behind.status, behind.headers.get('content-type'), await behind.text()],
      [409, 'text/x.tlog.size', '9\n'],
    )
    // Another past, proven to have grown from a part that both share, from itself, and by nothing.
    assert.equal((await ask(await request(forked, 9, 12))).status, 422)
    assert.equal((await ask(await request(forked, 9, 9))).status, 409)
    assert.equal((await ask(await request(forked, 4, 12))).status, 409)
    assert.equal((await ask(await request(forked, 0, 12))).status, 409)
    const unproven = renderAddCheckpoint({ older: 9, proof: [], note: await honest.note(12) })
    assert.equal((await ask(unproven)).status, 422)
    assert.equal((await ask(await request(honest, 9, 12))).status, 200)
    assert.equal((await ask(renderAddCheckpoint({ older: 13, proof: [], note: await honest.note(12) }))).status, 400)
  })
  // Both stay, though it has grown since.
  const files = /: (\S+\.9\.cosigned) and (\S+\.9\.other) show it/.exec(said) ?? assert.fail(said)
  const evidence = await Promise.all(files.slice(1).map((file) => readFile(file, 'utf8')))
  assert.deepEqual(evidence, [await honest.note(9), await forked.note(9)])
})

test('of two pasts that are shown at once one is cosigned', async () => {
  await witness('w2', async (ask) => {
    const bodies = await Promise.all([request(honest, 0, 9), request(forked, 0, 9), request(forked, 0, 12)])
    const answers = await Promise.all(bodies.map(ask))
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409, 409],
    )
  })
})

test('logs of others, notes that nobody signed, and what is no request are refused', async () => {
  await witness('w3', async (ask) => {
    const note = await honest.note(5)
    const other = renderAddCheckpoint({ older: 0, proof: [], note: note.replaceAll('git.example', 'lab.example') })
    assert.equal((await ask(other)).status, 404)
    const unsigned = renderAddCheckpoint({ older: 0, proof: [], note: note.replace('\n5\n', '\n6\n') })
    assert.equal((await ask(unsigned)).status, 403)
    const empty = signNote(renderCheckpoint({ origin: log.name, size: 0, root: leafHash('a') }), log, privateKey)
    assert.equal((await ask(renderAddCheckpoint({ older: 0, proof: [], note: empty }))).status, 422)
    for (const body of ['', 'old 0\n\n', `old 0\n\n${note.slice(0, 30)}`, 'x'.repeat(1000)])
      assert.equal((await ask(body)).status, 400)
    assert.equal((await ask('x'.repeat(100_000))).status, 413)
  })
  let said = ''
  const output = { out: assert.fail, err: (part: string) => void (said += part) }
  const args = ['--log', renderNoteKey(log), '--keep', join(folder, 'w3')]
  assert.equal(await main([...args, '--name', 'another'], { output }), 2)
  assert.match(said, /this witness is called w3 since its first start/)
})
