import { type Cluster, sharedClusterVariable, startCluster } from './postgres.ts'

/** `node --test --test-global-setup=test/support/share-postgres.ts`: one PostgreSQL for all test files of a run. */
let cluster: Cluster | undefined

export async function globalSetup(): Promise<void> {
  cluster = await startCluster()
  process.env[sharedClusterVariable] = cluster.server
}

export async function globalTeardown(): Promise<void> {
  await cluster?.stop()
}
