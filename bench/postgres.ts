import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

export interface Postgres extends AsyncDisposable {
  /** What a server takes to use a fresh database of this name. */
  flags(name: string): Promise<string[]>
}

const secretKey = Buffer.alloc(32, 7).toString('base64')

/** A durable PostgreSQL of this bench's own. */
export async function startPostgres(): Promise<Postgres> {
  const script = fileURLToPath(new URL('serve-postgres.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [server] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [unknown]
  if (typeof server !== 'string') throw new Error('PostgreSQL did not start')
  return {
    async flags(name) {
      const client = new pg.Client({ connectionString: `${server}/postgres` })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return ['--database', `${server}/${name}`, '--secret-key', secretKey]
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
