// A PostgreSQL that flushes each commit to the disk, in a process of its own: prints its address, ends with its input.

import { once } from 'node:events'
import { startCluster } from '../test/support/postgres.ts'

const cluster = await startCluster({ isDurable: true })
process.stdout.write(`${cluster.server}\n`)
await once(process.stdin.resume(), 'end')
await cluster.stop()
