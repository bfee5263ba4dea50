import type { Database, Tx } from '../../database/handles.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'

/** What all of deploy keys is given. */
export interface DeployKeyParts {
  database: Database
  policy: PolicyInForce
  /** Cuts what is open here by this key, or by this actor, when the transaction has committed. */
  cut: (tx: Tx<'busHead' | 'busMessage'>, about: string, at: number) => Promise<unknown>
  now: () => number
}
