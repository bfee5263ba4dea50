import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { countStatements } from '../../../test/support/count-statements.ts'
import { openDatabase } from '../../database/open.ts'
import { ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { createUser } from '../users.ts'
import type { RecoveryStops } from './begin-recovery.ts'
import { createGuessBudget } from './guess-budget.ts'
import { useRecoveryCode } from './use-code.ts'

const at = 1_800_000_000_000
const nobodys = 'K7QM-2F9X-0HNA-4T5B'

test('a wrong code costs the same work, whoever is named: nobody, somebody with codes, somebody without, somebody gone', async () => {
  const database = await openDatabase('sqlite::memory:')
  const make = (username: string) =>
    database.write((tx) =>
      createUser(tx, {
        username,
        displayName: username,
        email: `${username}@x.example`,
        role: 'member',
        createdBy: null,
        at,
      }),
    )
  const [ana, , gone] = [await make('ana'), await make('bo'), await make('gone')]
  for (const { id: userId } of [ana, gone]) {
    const codeHash = hashSecret(randomBytes(10).toString('hex'))
    const row = { codeHash, userId, createdAt: at, usedBy: null, voidedAt: null }
    await database.write((tx) => tx.insertInto('recoveryCode').values(row).execute())
  }
  await database.write((tx) => tx.updateTable('user').set({ state: 'ended' }).where('id', '=', gone.id).execute())
  const budget = createGuessBudget({ most: 10, now: () => at })
  const stops = { stop: () => assert.fail() } as unknown as RecoveryStops
  const work = async (name: string) =>
    countStatements(() =>
      assert.rejects(
        useRecoveryCode(
          { database, budget, stops, now: () => at },
          { name, code: nobodys, address: '127.0.0.1', onLastGuess: () => {} },
        ),
        (error: unknown) => error instanceof ProblemError && error.code === 'recovery-refused',
      ),
    )
  for (const name of ['nobody-here', 'ana', 'ana@x.example', 'bo', 'gone'])
    assert.partialDeepStrictEqual(await work(name), { statements: 1, rows: 0 }, name)
  await database.close()
})
