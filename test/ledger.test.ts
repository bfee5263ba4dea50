import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createLedger } from '../src/audit/ledger/ledger.ts'
import { recordEvent } from '../src/audit/record.ts'
import type { LedgerProof, LedgerView } from '../src/audit/shapes.ts'
import type { Database } from '../src/database/handles.ts'
import { parseCheckpoint, renderCheckpoint } from '../src/protocols/tlog/checkpoint.ts'
import { cosign } from '../src/protocols/tlog/cosignature.ts'
import { emptyRoot, leafHash, proveConsistency, type ReadNode, rootOf } from '../src/protocols/tlog/merkle.ts'
import { openNote, parseNoteKey, renderNoteKey, signNote, splitNote } from '../src/protocols/tlog/note.ts'
import { foldHashes, placeOfNode, splitTile } from '../src/protocols/tlog/tile.ts'
import { verifyConsistency } from '../src/protocols/tlog/verify-proof.ts'
import { main } from '../src/verifier/ledger/main.ts'
import type { LedgerVerdict } from '../src/verifier/ledger/verdict.ts'
import type { WatchVerdict } from '../src/verifier/ledger/watch.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`the ledger as a transparency log on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let database: Database
    let key = ''
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      database = postern.postern.ceremonies.database
      key = await text('key')
    })
    after(() => postern[Symbol.asyncDispose]())

    const text = async (path: string): Promise<string> => {
      const answer = await fetch(`${postern.origin}/ledger/${path}`)
      assert.equal(answer.status, 200, path)
      return answer.text()
    }
    const record = (count: number): Promise<void> =>
      database.write(async (tx) => {
        for (let n = 0; n < count; n += 1)
          await recordEvent(tx, {
            action: 'group.created',
            actor: null,
            target: { kind: 'group', id: 'grp_x' },
            facts: { group: `“${n}”` },
            at: Date.now(),
          })
      })
    const ledgerOf = () =>
      createLedger({
        database,
        secrets: { getOrCreate: () => assert.fail('the key was made before') },
        origin: 'http://other:1',
        now: Date.now,
      })
    /** As the server's own job does each second. */
    const sequence = async (): Promise<number> => {
      const ledger = createLedger({ database, secrets: keys(), origin: postern.origin, now: Date.now })
      await ledger.sequence()
      return (await ana.call<LedgerView>('GET', '/ledger')).size
    }
    const keys = () => ({ getOrCreate: async (_name: string, create: () => string | Promise<string>) => create() })
    const checkpoint = async () => {
      const note = await text('checkpoint')
      const parsed = parseCheckpoint(openNote(note, parseNoteKey(key) ?? assert.fail()) ?? '')
      assert.ok(parsed)
      return { note, ...parsed }
    }
    /** Kept on somebody's own disk. */
    const keep = async (name: string, content: string): Promise<string> => {
      const file = join(postern.folder, `${store.name}-${name}`)
      await writeFile(file, content)
      return file
    }
    const exported = async (from = 0): Promise<string[]> => {
      const span = { from, to: Date.now() + 60_000 }
      const { sealRequestId = '' } = await refused(ana.call('POST', '/audit/export', span), 401, 'seal-required')
      const seal = await ana.tap(sealRequestId)
      const answer = await ana.fetch('POST', '/audit/export', span, { 'postern-seal': seal })
      return (await answer.text()).split('\n').filter(Boolean)
    }
    const verify = async (lines: string | readonly string[], ...kept: string[]) => {
      const file = await keep('export', typeof lines === 'string' ? lines : `${lines.join('\n')}\n`)
      let out = ''
      const args = [
        typeof lines === 'string' ? 'verify-event' : 'verify',
        file,
        '--key',
        key,
        ...kept.flatMap((each) => ['--checkpoint', each]),
        '--json',
      ]
      const code = await main(args, { out: (part) => (out += part), err: assert.fail })
      return { code, ...(JSON.parse(out) as Partial<LedgerVerdict> & { error?: { code: string } }) }
    }
    const watch = async (file: string, { at = postern.origin, more = [] as string[], by = key } = {}) => {
      let out = ''
      const args = ['watch', at, '--key', by, '--keep', file, ...more, '--json']
      const code = await main(args, { out: (part) => (out += part), err: assert.fail })
      return { code, ...(JSON.parse(out) as Partial<WatchVerdict> & { error?: { code: string } }) }
    }
    /** Shows some watchers something else. */
    const other = async (change: (path: string, body: Buffer) => Buffer | undefined) => {
      const server = createServer((request, response) => {
        const path = request.url ?? ''
        void (async () => {
          const answer = await fetch(`${postern.origin}${path}`)
          const body = change(path, Buffer.from(await answer.arrayBuffer()))
          response.writeHead(body === undefined ? 404 : answer.status).end(body)
        })()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      return { at, [Symbol.dispose]: () => void server.close() }
    }
    const readTiles: ReadNode = async (level, index) => {
      const place = placeOfNode(level, index)
      const { size } = await ana.call<LedgerView>('GET', '/ledger')
      const full = Math.floor(size / 256 ** place.level)
      const width = Math.min(256, full - place.position * 256)
      const name = `${place.level}/${String(place.position).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`
      const answer = await fetch(`${postern.origin}/ledger/tile/${name}`)
      assert.equal(answer.status, 200, name)
      const hashes = splitTile(Buffer.from(await answer.arrayBuffer()))
      return foldHashes(hashes.slice(place.from, place.from + place.count))
    }

    test('what an export holds is what was promised before it, and nothing can be changed, left out or put in', async () => {
      await record(700)
      await sequence()
      const early = await checkpoint()
      const earlyFile = await keep('early', early.note)
      await record(40)
      await sequence()
      const late = await keep('late', (await checkpoint()).note)
      const lines = await exported()
      const holds = await verify(lines, earlyFile, late)
      assert.deepEqual([holds.code, holds.problems], [0, []])
      // No more is promised than what the newest of them covers.
      assert.equal(holds.covered, holds.checkpoints?.[1]?.size)
      assert.ok(Number(holds.events) > Number(holds.covered))
      assert.equal((await verify(lines.join('\r\n').split('\n'), earlyFile)).code, 0)
      assert.deepEqual(
        holds.checkpoints?.map(({ holds: each }) => each),
        [true, true],
      )
      const broken = async (changed: readonly string[], problem: RegExp) => {
        const { code, problems } = await verify(changed, earlyFile)
        assert.equal(code, 1)
        assert.match(problems?.join() ?? '', problem)
      }
      const replaced = (at: number, from: RegExp | string, to: string) =>
        lines.map((line, index) => (index === at ? line.replace(from, to) : line))
      await broken(replaced(300, 'group', 'goose'), /are not those that the checkpoint was made of/)
      await broken(lines.toSpliced(300, 1), /The event at place 300 is missing/)
      await broken(replaced(300, /"leafIndex":300/, '"leafIndex":299'), /Two lines have the place 299/)
      await broken(replaced(300, /"occurredAt":\d+/, '"occurredAt":1'), /another id or time than its leaf/)
      const swapped = lines.map((line) =>
        line.replace(/"leafIndex":(20|21)\}/, (_, at) => `"leafIndex":${at === '20' ? 21 : 20}}`),
      )
      await broken(swapped, /are not those/)
      await broken(replaced(300, /^.*$/, 'no event'), /Line 301 is no event/)
      // What another reader could take for something else.
      await broken(replaced(300, '{', '{"action":"merged",'), /Line 301 is no event/)
      await broken(replaced(300, '{', '{"leaf":"x",'), /Line 301 is no event/)
      const invented = lines[300]?.replace(/"leafIndex":\d+/, '"leafIndex":null') ?? ''
      await broken(lines.toSpliced(301, 0, invented), /Line 302 is not in its order, or there twice/)
      await broken(lines.toReversed(), /not in its order/)
      await broken([...lines, '{"id":"evt_zz","occurredAt":1,"leaf":"{}","leafIndex":null}'], /another id or time/)
    })

    test('there is no verdict on a part, on another log’s checkpoint, or without a key', async () => {
      const own = await keep('own', (await checkpoint()).note)
      const lines = await exported()
      const { code, error } = await verify(lines.slice(10), own)
      assert.deepEqual([code, error?.code], [2, 'export-partial'])
      assert.equal((await verify(lines.slice(0, 300), own)).error?.code, 'export-short')
      const foreign = await keep('foreign', (await checkpoint()).note.replace(/\n\d+\n/, '\n5\n'))
      assert.equal((await verify(lines, foreign)).error?.code, 'checkpoint-foreign')
      assert.equal((await verify(lines, join(postern.folder, 'nowhere'))).error?.code, 'checkpoint-unreadable')
      assert.equal((await verify(lines, `${postern.origin}/ledger/tile/0/900`)).error?.code, 'checkpoint-unreadable')
      assert.equal((await verify(lines)).error?.code, 'usage')
      // A proof of one event is no export, whatever file it is in.
      const { items } = await ana.call<{ items: { id: string }[] }>('GET', '/audit?action=group.created')
      const proof = JSON.stringify(await ana.call('GET', `/audit/${items[0]?.id}/proof`))
      assert.notEqual((await verify([proof], own)).code, 0)
      assert.equal((await verify(lines.join('\n'), own)).error?.code, 'export-unreadable')
      const before = lines.map((line) => line.replace(/,"leafIndex":\d+/, ''))
      assert.equal((await verify(before, own)).error?.code, 'export-unreadable')
      let said = ''
      assert.equal(await main(['verify', own], { out: assert.fail, err: (part) => (said += part) }), 2)
      assert.match(said, /name the --key/)
    })

    test('one event is shown to stand in it without any other, to administrators alone', async () => {
      await sequence()
      const one = await checkpoint()
      await record(1)
      await sequence()
      const { items } = await ana.call<{ items: { id: string }[] }>('GET', '/audit?action=group.created')
      for (const { id } of items.slice(0, 5)) {
        const proof = await ana.call<LedgerProof>('GET', `/audit/${id}/proof`)
        assert.equal((JSON.parse(proof.leaf) as { id: string }).id, id)
        assert.equal((await verify(JSON.stringify(proof))).code, 0)
        assert.equal((await verify(JSON.stringify(proof, null, 2), await keep('same', proof.checkpoint))).code, 0)
        const other = { ...proof, leaf: proof.leaf.replace('“', '„') }
        assert.equal((await verify(JSON.stringify(other))).code, 1)
        const early = await keep('one', one.note)
        assert.equal((await verify(JSON.stringify(proof), early)).error?.code, 'checkpoint-other')
      }
      await refused(ana.call('GET', '/audit/evt_nothing/proof'), 404, 'not-found')
      const bo = await postern.join(ana, 'bo')
      for (const path of ['/ledger', `/audit/${items[0]?.id}/proof`])
        await refused(bo.call('GET', path), 403, 'not-allowed')
    })

    test('whoever watches it sees by its tiles that it only grew', async () => {
      await sequence()
      const early = await checkpoint()
      await record(300)
      await sequence()
      const late = await checkpoint()
      assert.deepEqual(await rootOf(late.size, readTiles), late.root)
      assert.deepEqual(await rootOf(early.size, readTiles), early.root)
      const proof = await proveConsistency(early.size, late.size, readTiles)
      const grown = { older: early.size, size: late.size, olderRoot: early.root, root: late.root, proof }
      assert.ok(late.size > early.size && verifyConsistency(grown))
      assert.ok(!verifyConsistency({ ...grown, olderRoot: emptyRoot }))
      const file = join(postern.folder, `${store.name}-watched`)
      const first = await watch(file)
      assert.deepEqual([first.code, first.before, first.size, first.kept], [0, null, late.size, file])
      // Over two levels of tiles.
      await record(600)
      await sequence()
      const { code, before, size, problems } = await watch(file)
      assert.deepEqual([code, before, problems], [0, late.size, []])
      assert.equal(size, (await checkpoint()).size)
      assert.equal(await readFile(file, 'utf8'), (await checkpoint()).note)
      assert.equal((await verify(await exported(), file)).code, 0)
      for (const path of ['tile/0/900', 'tile/5/000.p/1', 'tile/0/0', 'tile/0/000.p/256', 'tile/..%2f0/000'])
        assert.equal((await fetch(`${postern.origin}/ledger/${path}`)).status, 404, path)
    })

    test('what is shown to one watcher alone is found out, and what cannot be read is no verdict', async () => {
      await sequence()
      const { note, size } = await checkpoint()
      const kept = () => keep('shown', note)
      await record(300)
      await sequence()
      const isTile = (path: string) => path.startsWith('/ledger/tile/')
      const flipped = (path: string, body: Buffer) => (isTile(path) ? body.fill(1, 0, 8) : body)
      using rewritten = await other(flipped)
      const found = await watch(await kept(), rewritten)
      assert.equal(found.code, 1)
      assert.match(found.problems?.join() ?? '', /does not show that its .* begin with the/)
      // What was promised before stays, and what is promised now lies beside it.
      assert.equal(await readFile(await kept(), 'utf8'), note)
      assert.equal(await readFile(found.kept ?? '', 'utf8'), (await checkpoint()).note)
      using restored = await other((_path, body) => (_path === '/ledger/checkpoint' ? Buffer.from(note) : body))
      const later = await keep('later', (await checkpoint()).note)
      const gone = await watch(later, restored)
      assert.match(
        `${gone.code} ${gone.problems?.join()}`,
        new RegExp(`^1 .* holds ${size.toLocaleString('en')} events now`),
      )
      const unreadable = async (change: Parameters<typeof other>[0], error: string) => {
        using server = await other(change)
        const file = await kept()
        const answer = await watch(file, server)
        assert.deepEqual([answer.code, answer.error?.code], [2, error])
        assert.equal(await readFile(file, 'utf8'), note)
      }
      await unreadable((path, body) => (isTile(path) ? undefined : body), 'tiles-unreadable')
      await unreadable((path, body) => (isTile(path) ? body.subarray(1) : body), 'tiles-unreadable')
      await unreadable((path, body) => (isTile(path) ? Buffer.alloc(1e6) : body), 'tiles-unreadable')
      await unreadable(() => Buffer.alloc(1e6), 'checkpoint-unreadable')
      assert.equal((await watch(join(postern.folder, 'no', 'folder'))).error?.code, 'keep-unwritable')
      assert.equal((await watch(postern.folder)).error?.code, 'checkpoint-unreadable')
      await unreadable(
        (_path, body) => Buffer.from(body.toString().replace(/^[^\n]+\n\d+/, 'x\n1')),
        'checkpoint-foreign',
      )
      await unreadable(() => Buffer.from('<!doctype html>\n\n'), 'checkpoint-foreign')
      // In the same name, and what it shows now stands beside what was shown above.
      const resigned = await checkpoint()
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const { text: claim = '' } = splitNote(resigned.note) ?? {}
      using others = await other(() => Buffer.from(signNote(claim, parseNoteKey(key) ?? assert.fail(), privateKey)))
      const changed = await watch(await kept(), others)
      assert.deepEqual(
        [changed.code, changed.problems],
        [1, ['It is signed by another key than the one that you keep.']],
      )
      assert.notEqual(changed.kept, found.kept)
      assert.equal(await readFile(found.kept ?? '', 'utf8'), resigned.note)
      // As many as before, and others.
      const log = { name: 'log', publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) }
      const five = (leaf: string) =>
        signNote(renderCheckpoint({ origin: 'log', size: 5, root: leafHash(leaf) }), log, privateKey)
      using two = await other(() => Buffer.from(five('b')))
      const forked = await watch(await keep('five', five('a')), { ...two, by: renderNoteKey(log) })
      assert.deepEqual(
        [forked.code, forked.problems],
        [1, ['Its 5 events are not those that were kept, and it signed both.']],
      )
      // A verdict does not depend on whether there is room for what shows it.
      let said = ''
      const args = ['watch', others.at, '--key', key, '--keep', join(postern.folder, 'nowhere', 'file')]
      assert.equal(await main(args, { out: assert.fail, err: (part) => (said += part) }), 1)
      assert.match(said, /another key .*\n.*could not be kept/)
    })

    test('a watcher who asks for witnesses believes no server that none of them cosigned', async () => {
      await sequence()
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const witness = {
        name: 'witness.example.com',
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32),
      }
      const more = ['--witness', renderNoteKey(witness, 4)]
      const cosigned = (seconds: number) =>
        other((_path, body) => {
          const { text = '' } = splitNote(body.toString()) ?? {}
          return Buffer.concat([body, Buffer.from(cosign(text, { witness, privateKey, seconds }))])
        })
      const now = Date.now() / 1000
      const file = join(postern.folder, `${store.name}-cosigned`)
      using fresh = await cosigned(Math.floor(now))
      using stale = await cosigned(Math.floor(now) - 90_000)
      for (const server of [stale, { at: postern.origin }]) {
        const refusal = await watch(file, { ...server, more })
        assert.deepEqual([refusal.code, refusal.error?.code], [2, 'witnesses-missing'])
      }
      await assert.rejects(readFile(file), /ENOENT/)
      const { code, cosigned: names } = await watch(file, { ...fresh, more })
      assert.deepEqual([code, names], [0, ['witness.example.com']])
      assert.match(await readFile(file, 'utf8'), /\n— witness\.example\.com \S+\n$/)
      assert.equal((await verify(await exported(), file)).code, 0)
      assert.equal((await watch(file, { more: [...more, '--quorum', '0'] })).code, 0)
      assert.equal((await watch(file, { ...fresh, more: [...more, '--quorum', '2'] })).error?.code, 'usage')
      // One witness is one, under however many names.
      const alias = renderNoteKey({ ...witness, name: 'another.example.com' }, 4)
      assert.equal(
        (await watch(file, { ...fresh, more: [...more, '--witness', alias, '--quorum', '1'] })).error?.code,
        'usage',
      )
    })

    test('two nodes give no place twice, and leave none out', async () => {
      for (let round = 0; round < 4; round += 1) {
        await record(30)
        await Promise.all([sequence(), sequence(), sequence()])
      }
      await sequence()
      const rows = await database.read
        .selectFrom('auditEvent')
        .select('leafIndex')
        .where('leafIndex', 'is not', null)
        .orderBy('leafIndex')
        .execute()
      assert.ok(rows.every(({ leafIndex }, at) => leafIndex === at))
      const { size, root } = await checkpoint()
      assert.ok(size <= rows.length)
      assert.deepEqual(await rootOf(size, readTiles), root)
    })

    test('a server that writes its past anew is found out by a checkpoint from before', async () => {
      await sequence()
      const kept = await keep('kept', (await checkpoint()).note)
      const watched = await keep('watched-before', (await checkpoint()).note)
      await database.write(async (tx) => {
        const { id, leaf } = await tx
          .selectFrom('auditEvent')
          .select(['id', 'leaf'])
          .where('leafIndex', '=', 50)
          .executeTakeFirstOrThrow()
        await tx
          .updateTable('auditEvent')
          .set({ leaf: leaf.replace('group', 'goose') })
          .where('id', '=', id)
          .execute()
        await tx.updateTable('auditEvent').set({ leafIndex: null }).execute()
        await tx.deleteFrom('ledgerTile').execute()
        await tx
          .updateTable('ledgerHead')
          .set({ size: 0, root: emptyRoot.toString('base64') })
          .execute()
      })
      await sequence()
      const now = await keep('now', (await checkpoint()).note)
      const lines = await exported()
      assert.equal((await verify(lines, now)).code, 0)
      assert.equal((await verify(lines, kept)).code, 1)
      assert.equal((await watch(watched)).code, 1)
    })

    test('the log keeps its name and key when the instance is moved', async () => {
      const before = await text('key')
      assert.equal(await text('key'), before)
      await assert.rejects(ledgerOf().readKey(), /the key was made before/)
      const { name } = await database.read.selectFrom('ledgerHead').select('name').executeTakeFirstOrThrow()
      assert.equal(name, `${new URL(postern.origin).host}/ledger`)
    })
  })
