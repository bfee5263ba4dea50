import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Config, loadConfig } from '../config.ts'
import type { Database } from '../database/handles.ts'
import { lockDataFolder } from '../database/lock.ts'
import { openDatabase } from '../database/open.ts'
import { CommandError } from './say.ts'

/** Only the server's settings and these flags. Nothing is served, so who ends TLS, and with what, does not matter. */
export function readArgs(
  args: string[],
  own: Record<string, { type: 'string' | 'boolean' }>,
): { flags: Record<string, unknown>; config: Config } {
  const ownFlags = { ...own, json: { type: 'boolean' as const } }
  const { values, tokens } = parseArgs({ args, options: ownFlags, strict: false, tokens: true })
  const isOwn = (index: number): boolean =>
    tokens.some(
      (token) =>
        token.kind === 'option' &&
        token.name in ownFlags &&
        (token.index === index || (token.value !== undefined && !token.inlineValue && token.index === index - 1)),
    )
  const rest = args.filter((_, index) => !isOwn(index))
  const noTls = { POSTERN_TRUSTED_PROXIES: '127.0.0.1', POSTERN_TLS_CERT: undefined, POSTERN_TLS_KEY: undefined }
  return { flags: values, config: loadConfig(rest, { ...process.env, ...noTls }) }
}

export async function withOwnDatabase<Result>(
  config: Config,
  work: (database: Database) => Promise<Result>,
  { mayBeNew = false }: { mayBeNew?: boolean } = {},
): Promise<Result> {
  if (!existsSync(config.dataFolder))
    throw new CommandError(`${config.dataFolder} does not exist. Say where the server keeps its data: --data FOLDER`)
  // Made anew it would be empty, and every answer about it wrong.
  if (!mayBeNew && config.databaseUrl.startsWith('sqlite:') && !existsSync(config.databaseUrl.slice('sqlite:'.length)))
    throw new CommandError(
      `there is no database in ${config.dataFolder}. Give what the server is started with: --data FOLDER, or --database URL for PostgreSQL.`,
    )
  const unlock = lockDataFolder(config.dataFolder)
  if (unlock === undefined) throw new CommandError('the server is running on this data folder. Stop it first.')
  const database = await openDatabase(config.databaseUrl)
  try {
    return await work(database)
  } finally {
    await database.close()
    unlock()
  }
}
