import { postgresDatabase, postgresFlags } from './postgres.ts'

/** What every test of the store runs on. */
export const stores: readonly { name: string; flags: () => Promise<string[]> }[] = [
  { name: 'SQLite', flags: () => Promise.resolve([]) },
  { name: 'PostgreSQL', flags: async () => postgresFlags(await postgresDatabase()) },
]
