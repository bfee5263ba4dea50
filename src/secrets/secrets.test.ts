import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from '../database/open.ts'
import { loadSecretKey, parseSecretKey } from './secret-key.ts'
import { createSecrets } from './secrets.ts'

const now = () => 1_700_000_000_000

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('a box opens for its own purpose, under its own key, unchanged', () =>
  inFolder(async (folder) => {
    const database = await openDatabase(`sqlite:${join(folder, 'postern.db')}`)
    const key = randomBytes(32)
    const secrets = await createSecrets({ database, key, now })
    const box = secrets.seal('hunter2', 'webhook 1')
    assert.equal(secrets.open(box, 'webhook 1'), 'hunter2')
    assert.ok(!box.includes('hunter2') && secrets.seal('hunter2', 'webhook 1') !== box)
    assert.throws(() => secrets.open(box, 'webhook 2'))
    assert.throws(() => secrets.open(`${box.slice(0, -4)}AAAA`, 'webhook 1'))
    assert.throws(() => secrets.open('v1.', 'webhook 1'), /no closed box/)
    assert.throws(() => secrets.open(`v2${box.slice(2)}`, 'webhook 1'), /no closed box/)
    await assert.rejects(createSecrets({ database, key: randomBytes(32), now }), /POSTERN_SECRET_KEY is not the one/)
    await database.close()
  }))

test('a key of the instance is made once, whoever asks at the same time', () =>
  inFolder(async (folder) => {
    const database = await openDatabase(`sqlite:${join(folder, 'postern.db')}`)
    const secrets = await createSecrets({ database, key: randomBytes(32), now })
    const asked = Array.from({ length: 5 }, (_, index) => secrets.getOrCreate('signing', () => `key ${index}`))
    const answers = new Set(await Promise.all(asked))
    assert.equal(answers.size, 1)
    assert.equal(await secrets.getOrCreate('signing', () => 'another'), [...answers][0])
    await database.close()
  }))

test('the secret key of a data folder is made once, for its owner alone', () =>
  inFolder(async (folder) => {
    const keys = await Promise.all([loadSecretKey(undefined, folder), loadSecretKey(undefined, folder)])
    assert.deepEqual(keys[0], keys[1])
    const file = join(folder, 'secret-key')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual(parseSecretKey(await readFile(file, 'utf8')), keys[0])
    const given = randomBytes(32)
    assert.deepEqual(await loadSecretKey(given, folder), given)
    await writeFile(file, 'short')
    await assert.rejects(loadSecretKey(undefined, folder), /bring it back from the backup/)
    assert.equal(parseSecretKey('c2hvcnQ='), undefined)
  }))
