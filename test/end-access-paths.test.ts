import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AccessEnd } from '../src/identity/ending/shapes.ts'
import { type EndPath, makeEndPaths } from './support/end-paths.ts'
import { type Holder, holdEverything, makeWorld, type World } from './support/holdings.ts'
import { together } from './support/upstream-together.ts'

/**
 * Kinds of access × ways in which it ends, in one table that is reviewed as a diff: `UPDATE_TABLES=1 node --test
 * test/end-access-paths.test.ts` writes it anew. Each cell is tried by using the thing.
 */
const file = join(import.meta.dirname, 'end-access.txt')

test('everything that somebody holds ends by every way', { timeout: 560_000 }, async (context) => {
  await using here = await together({
    settings: { groupClaim: 'groups', requiredGroup: 'postern' },
    flags: ['--rate-limit', '1000000'],
  })
  const world = await makeWorld(here.postern, here.owner)
  const paths = await makeEndPaths(here)
  const rows = new Map<string, string[]>()
  for (const [at, path] of paths.entries())
    await context.test(`by ${path.name}`, async () => {
      const holder = await holdEverything(world, `p${at}`, path.join)
      try {
        await tryAll(world, path, { holder, rows })
      } finally {
        await holder.release()
      }
    })
  await context.test('and no cause of an end is without a way that was tried', async () => {
    const ends = await here.postern.postern.ceremonies.database.read
      .selectFrom('accessEnd')
      .select('cause')
      .distinct()
      .execute()
    assert.deepEqual(
      new Set(ends.map(({ cause }) => cause)),
      new Set(AccessEnd.properties.cause.anyOf.map(({ const: cause }) => cause)),
    )
  })
  await context.test('as the table says', () => {
    const table = renderTable(
      paths.map(({ name }) => name),
      rows,
    )
    if (process.env['UPDATE_TABLES'] !== undefined) writeFileSync(file, table)
    assert.equal(table, readFileSync(file, 'utf8'))
  })
})

async function tryAll(
  world: World,
  path: EndPath,
  { holder, rows }: { holder: Holder; rows: Map<string, string[]> },
): Promise<void> {
  await path.end(world, holder)
  for (const { name, use } of holder.holdings) {
    const fate = await use().catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    })
    rows.set(name, [...(rows.get(name) ?? []), fate])
  }
}

/** Ways across, kinds down. */
function renderTable(ways: readonly string[], rows: ReadonlyMap<string, readonly string[]>): string {
  const first = Math.max(...[...rows.keys()].map(({ length }) => length)) + 2
  const widths = ways.map(({ length }) => Math.max(length, 'passed on'.length) + 2)
  const line = (head: string, cells: readonly string[]): string =>
    `${head.padEnd(first)}${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('')}`.trimEnd()
  return `${[line('', ways), ...[...rows].map(([name, fates]) => line(name, fates))].join('\n')}\n`
}
