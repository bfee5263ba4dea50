import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createLedger } from '../audit/ledger/ledger.ts'
import { publish } from '../audit/ledger/publish.ts'
import { recordEvent } from '../audit/record.ts'
import { newId } from '../database/id.ts'
import { openDatabase } from '../database/open.ts'
import { listWitnessAttention } from '../home/witness-attention.ts'
import { createOutbound } from '../outbound/outbound.ts'
import { type AddCheckpoint, parseAddCheckpoint } from '../protocols/tlog/add-checkpoint.ts'
import { parseCheckpoint } from '../protocols/tlog/checkpoint.ts'
import { cosign, readCosignatures } from '../protocols/tlog/cosignature.ts'
import { type NoteKey, openNote, parseNoteKey, renderNoteKey, splitNote } from '../protocols/tlog/note.ts'
import { verifyConsistency } from '../protocols/tlog/verify-proof.ts'
import { holdRound } from './rounds.ts'
import { parseWitness } from './parse-witness.ts'
import { listWitnesses } from './witness-rows.ts'

type Says = (asked: AddCheckpoint, answer: ServerResponse) => unknown

async function open(t: TestContext, allow = ['127.0.0.0/8']) {
  const database = await openDatabase('sqlite::memory:')
  t.after(() => database.close())
  let pem: string | undefined
  const secrets = {
    getOrCreate: async (_name: string, create: () => string | Promise<string>) => (pem ??= await create()),
  }
  const now = Date.now
  const ledger = createLedger({ database, secrets, origin: 'https://git.example.com', now })
  const contradictions: string[] = []
  const parts = {
    database,
    ledger,
    now,
    outbound: createOutbound({ allow }),
    timeoutMs: 500,
    onContradiction: (name: string) => void contradictions.push(name),
  }
  const grow = async (count: number): Promise<void> => {
    await database.write(async (tx) => {
      for (let n = 0; n < count; n += 1)
        await recordEvent(tx, { action: 'group.created', actor: null, target: { kind: 'group', id: 'g' }, at: now() })
    })
    await ledger.sequence()
  }
  const shown = async () => {
    const note = await ledger.readCheckpoint()
    const { size, root } =
      parseCheckpoint(openNote(note, parseNoteKey(await ledger.readKey()) ?? assert.fail()) ?? '') ?? assert.fail()
    return { note, size, root }
  }
  /** Somebody else's program, which says whatever it likes, and is named as a witness. */
  async function witness(name: string, says: (own: Witness) => Says, at?: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const key: NoteKey = { name, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) }
    const line = (note: string, seconds = Math.floor(now() / 1000)) =>
      cosign(splitNote(note)?.text ?? '', { witness: key, privateKey, seconds })
    const own = { key, line, asked: 0 }
    const say = says(own)
    const server = createServer(async (request, answer) => {
      own.asked += 1
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      assert.equal(`${request.method} ${request.url}`, 'POST /log/add-checkpoint')
      await say(parseAddCheckpoint(Buffer.concat(parts).toString()) ?? assert.fail(), answer)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => (server.closeAllConnections(), server.close()))
    const url = at ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`
    const row = { id: newId('wit'), name, key: renderNoteKey(key, 4), url, addedAt: now(), addedBy: newId('usr') }
    await database.write((tx) =>
      tx
        .insertInto('witness')
        .values({
          ...row,
          cosignedSize: 0,
          cosignedAt: null,
          cosignature: '',
          problem: null,
          problemSince: null,
          isContradicting: 0,
        })
        .execute(),
    )
    return { ...own, id: row.id, own }
  }
  const rowOf = async (id: string) => (await listWitnesses(database.read)).find((row) => row.id === id) ?? assert.fail()
  const remove = (id: string) =>
    database.write((tx) =>
      tx
        .deleteFrom('witness')
        .where('id', '=', id as `wit_${string}`)
        .execute(),
    )
  return { parts, database, ledger, grow, shown, witness, rowOf, remove, contradictions, round: () => holdRound(parts) }
}
interface Witness {
  key: NoteKey
  line(note: string, seconds?: number): string
  asked: number
}

/** As C2SP tlog-witness has it: it keeps what it saw, and cosigns what grew from that. */
const honest = (own: Witness): Says => {
  let seen = { size: 0, root: Buffer.of() as Buffer }
  return ({ older, proof, note }, answer) => {
    const { size, root } = parseCheckpoint(splitNote(note)?.text ?? '') ?? assert.fail()
    if (older !== seen.size) return answer.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${seen.size}\n`)
    const grew = { older, size, olderRoot: seen.root, root, proof }
    if (older > 0 && !verifyConsistency(grew)) return answer.writeHead(older === size ? 409 : 422).end(`${older}\n`)
    seen = { size, root }
    return answer.end(own.line(note))
  }
}

test('with witnesses, what is shown is what they were asked about, and grows by rounds alone', async (t) => {
  const { grow, shown, witness, round, ledger, database, remove, rowOf, parts } = await open(t)
  await grow(3)
  await round()
  assert.equal((await shown()).note.match(/^— /gm)?.length, 1)
  const [one, two] = [await witness('one.example', honest), await witness('two.example', honest)]
  await round()
  const first = await shown()
  assert.equal(first.size, 3)
  assert.equal(readCosignatures(first.note, [one.key, two.key]).length, 2)
  await grow(300)
  assert.equal((await shown()).note, first.note)
  assert.equal((await ledger.read()).size, 3)
  const late = await database.read.selectFrom('auditEvent').select('id').where('leafIndex', '=', 200).executeTakeFirst()
  assert.equal(await ledger.prove(late?.id ?? ''), null)
  // Whatever is noted of one, it says where it stood.
  await database.write((tx) =>
    tx.updateTable('witness').set({ cosignedSize: 9_000 }).where('id', '=', two.id).execute(),
  )
  await round()
  const second = await shown()
  assert.equal(second.size, 303)
  assert.equal(readCosignatures(second.note, [one.key, two.key]).length, 2)
  const proof = await ledger.prove(late?.id ?? '')
  assert.equal(proof?.checkpoint, second.note)
  // A tile of the size that is shown is there, however far the tree has grown.
  await grow(20)
  assert.equal((await ledger.readTile({ level: 0, position: 1, width: 303 - 256 }))?.length, 32 * (303 - 256))
  const asked = one.own.asked
  await round()
  // Where nothing happens, nothing is written.
  await holdRound({ ...parts, database: { ...database, write: () => assert.fail('it wrote') } })
  assert.equal(one.own.asked, asked + 1)
  assert.equal((await rowOf(one.id)).cosignedSize, 323)
  // A node that comes late with an older one changes nothing.
  await database.write((tx) => publish(tx, { size: 3, root: first.root.toString('base64'), at: 0 }, []))
  assert.equal((await shown()).size, 323)
  for (const { id } of [one, two]) await remove(id)
  await grow(1)
  assert.equal((await shown()).size, 323)
  await round()
  await grow(1)
  assert.equal((await shown()).size, 325)
  assert.equal((await shown()).note.match(/^— /gm)?.length, 1)
})

test('a witness is believed nothing but its own line over these very bytes, and holds up nobody', async (t) => {
  const { grow, shown, witness, round, rowOf, contradictions } = await open(t)
  await grow(2)
  const other = generateKeyPairSync('ed25519').privateKey
  const answers: Record<string, [says: (own: Witness) => Says, problem: RegExp]> = {
    garbage: [() => (_, answer) => answer.end('\0— \n— x y\n'.repeat(20)), /not with a signature/],
    'another key': [
      ({ key }) =>
        ({ note }, answer) =>
          answer.end(cosign(splitNote(note)?.text ?? '', { witness: key, privateKey: other, seconds: 1 })),
      /not with a signature/,
    ],
    'another checkpoint': [
      ({ line }) =>
        ({ note }, answer) =>
          answer.end(line(note.replace('\n2\n', '\n3\n'))),
      /not with a signature/,
    ],
    // What stands before an empty line of its own would be a text of its own making.
    'another text': [
      ({ line }) =>
        ({ note }, answer) =>
          answer.end(`\n${line(`${note}\n`)}`),
      /not with a signature/,
    ],
    'a time to come': [
      ({ line }) =>
        ({ note }, answer) =>
          answer.end(line(note, 32_503_680_000)),
      /more than an hour apart/,
    ],
    megabytes: [
      ({ line }) =>
        ({ note }, answer) =>
          answer.end(line(note) + 'x'.repeat(5_000_000)),
      /more than 4096 bytes/,
    ],
    elsewhere: [
      () => (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /nobody is led on/,
    ],
    'never answers': [() => () => {}, /no whole answer within/],
    'knows nothing': [() => (_, answer) => answer.writeHead(404).end(), /has to be given its key/],
    'knows another key': [() => (_, answer) => answer.writeHead(403).end(), /by another key/],
    'no number': [() => (_, answer) => answer.writeHead(409).end('-1\n2'), /does not say/],
    'a number too long': [() => (_, answer) => answer.writeHead(409).end('9'.repeat(4_000)), /does not say/],
    'changes its mind': [
      ({ asked }) =>
        (_, answer) =>
          answer.writeHead(409).end(`${(asked += 1) % 2}\n`),
      /does not say/,
    ],
    breaks: [() => (_, answer) => answer.destroy(), /connection/],
    // These say something about the ledger, and whoever reads it is told.
    'a larger one': [
      () => (_, answer) => answer.writeHead(409).end('9000\n'),
      /cosigned 9,000 events before, and the ledger holds 2/,
    ],
    'another root': [() => (_, answer) => answer.writeHead(409).end('2\n'), /and those were others/],
    'another past': [
      () =>
        ({ older }, answer) =>
          older === 1 ? answer.writeHead(422).end() : answer.writeHead(409).end('1'),
      /does not begin with those/,
    ],
  }
  const named = new Map<string, string>()
  for (const [name, [says]] of Object.entries(answers))
    named.set(name, (await witness(name.replaceAll(' ', '-'), says)).id)
  const good = await witness('good.example', honest)
  await round()
  const { note, size } = await shown()
  assert.equal(size, 2)
  // The log's own line and that of the one: nothing else that was answered is handed on.
  assert.equal(note.match(/^— .*$/gm)?.length, 2)
  assert.equal(readCosignatures(note, [good.key]).length, 1)
  const loud = ['a larger one', 'another root', 'another past']
  for (const [name, [, problem]] of Object.entries(answers)) {
    const row = await rowOf(named.get(name) ?? '')
    assert.match(row.problem ?? '', problem, name)
    assert.equal(row.isContradicting, loud.includes(name) ? 1 : 0, name)
    assert.equal(row.cosignature, '', name)
  }
  assert.deepEqual(contradictions.sort(), loud.map((name) => name.replaceAll(' ', '-')).sort())
  await round()
  assert.equal(contradictions.length, 3)
})

test('a contradiction stays until it is taken back by a cosignature', async (t) => {
  const { grow, witness, round, rowOf, shown, database } = await open(t)
  await grow(2)
  let says = (_: AddCheckpoint, answer: ServerResponse): unknown => answer.writeHead(409).end('7\n')
  const { id, line } = await witness('one.example', () => (asked, answer) => says(asked, answer))
  await round()
  says = (_, answer) => answer.destroy()
  await round()
  assert.match((await rowOf(id)).problem ?? '', /7 events/)
  const told = async (inMs = 0) =>
    (await listWitnessAttention(database.read, Date.now() + inMs)).map(({ text }) => text)
  assert.match((await told()).join(), /^The witness one\.example knows another past/)
  says = ({ note }, answer) => answer.end(line(note))
  await round()
  assert.deepEqual([(await rowOf(id)).problem, (await rowOf(id)).isContradicting], [null, 0])
  // Nor does its line stand below a checkpoint that it has not seen.
  says = (_, answer) => answer.destroy()
  await grow(1)
  await round()
  assert.deepEqual([(await shown()).size, (await shown()).note.match(/^— /gm)?.length], [3, 1])
  assert.deepEqual(await told(80_000_000), [])
  assert.match((await told(90_000_000)).join(), /nothing of the ledger for a day/)
})

test('of several nodes one asks, and one that fell over holds the others up no longer than a while', async (t) => {
  const { grow, witness, parts, database, shown, rowOf } = await open(t)
  await grow(2)
  const { id, own } = await witness('one.example', honest)
  await Promise.all([holdRound(parts), holdRound(parts), holdRound(parts)])
  assert.equal(own.asked, 1)
  await grow(1)
  await database.write((tx) =>
    tx
      .updateTable('witnessRound')
      .set({ takenUntil: Date.now() + 5_000 })
      .execute(),
  )
  await holdRound(parts)
  assert.equal((await shown()).size, 2)
  await holdRound({ ...parts, now: () => Date.now() + 6_000 })
  assert.equal((await shown()).size, 3)
  assert.equal((await rowOf(id)).cosignedSize, 3)
})

test('a witness that is removed while it is asked is none, and a server that stops keeps nothing half', async (t) => {
  const { grow, witness, round, remove, shown, parts, database } = await open(t)
  await grow(2)
  const kept = await witness('kept.example', honest)
  const stopping = new AbortController()
  const gone = await witness('gone.example', ({ line }) => async ({ note }, answer) => {
    await remove(gone.id)
    answer.end(line(note))
  })
  await round()
  const { note } = await shown()
  assert.deepEqual(
    [gone.key, kept.key].map((key) => readCosignatures(note, [key]).length),
    [0, 1],
  )
  await grow(1)
  await witness('slow.example', () => () => stopping.abort())
  await holdRound(parts, stopping.signal)
  assert.equal((await shown()).size, 2)
  const { takenUntil } = await database.read.selectFrom('witnessRound').select('takenUntil').executeTakeFirstOrThrow()
  assert.equal(takenUntil, 0)
})

test('none is led into the house, whatever address it was given', async (t) => {
  const { grow, witness, round, rowOf, parts } = await open(t, [])
  await grow(1)
  const { id, own } = await witness('inside.example', honest)
  await round()
  assert.match((await rowOf(id)).problem ?? '', /private address/)
  assert.equal(own.asked, 0)
  const given = (url: string, key = renderNoteKey({ name: 'w', publicKey: Buffer.alloc(32, 1) }, 4)) =>
    parseWitness(parts.outbound, { url, key })
  for (const url of ['http://127.0.0.1:1/', 'file:///etc', 'https://u:p@example.com', 'https://example.com/?x'])
    assert.throws(() => given(url), { code: 'invalid-input' }, url)
  assert.equal(given('https://example.com/log/add-checkpoint').url, 'https://example.com/log')
  assert.equal(given('https://example.com').url, 'https://example.com')
  for (const name of ['w\u202E', 'é', 'w'.repeat(201)])
    assert.throws(() => given('https://example.com', renderNoteKey({ name, publicKey: Buffer.alloc(32) }, 4)), /ASCII/)
  assert.throws(
    () => given('https://example.com', renderNoteKey({ name: 'w', publicKey: Buffer.alloc(32) })),
    /key of a log/,
  )
  assert.throws(() => given('https://example.com', 'w+0+AA'), /no key of a witness/)
})
