import { basename } from 'node:path'
import { fileUnderTest } from './file-by-file.ts'
import { postgresDatabase, postgresFlags } from './postgres.ts'

/** What every test of the store runs on. */
export const stores: readonly { name: string; flags: () => Promise<string[]> }[] = [
  { name: 'SQLite', flags: () => Promise.resolve([]) },
  { name: 'PostgreSQL', flags: async () => postgresFlags(await postgresDatabase()) },
]

const sumOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => sum + byte, 0)

/**
 * For what stands on the store and tries nothing of the store itself: both by hand, and one of them in CI, chosen by the
 * name of the file, so that the whole suite stays within its time and each of both still carries half of it.
 */
export const eitherStore: Iterable<(typeof stores)[number]> = {
  [Symbol.iterator]: () =>
    (process.env['CI'] === undefined
      ? stores
      : stores.filter((_, index) => index === sumOf(basename(fileUnderTest())) % stores.length))[Symbol.iterator](),
}
