import type { Id } from '../database/id.ts'
import type { Strength } from '../database/schema.ts'
import type { Action } from './actions.ts'
import type { RecordedDecision } from './decision.ts'

export interface AuditActor {
  id: Id<'usr'>
  method:
    | 'session'
    | 'token'
    | 'grant'
    | 'ssh-key'
    | 'ssh-certificate'
    | 'deploy-key'
    | 'passkey'
    | 'password'
    | 'upstream'
    | 'link'
    | 'shell'
    | 'system'
  strength: Strength | null
}

export interface AuditEntry {
  action: Action
  /** Null where nobody is known: a refused sign-in, the shell. */
  actor: AuditActor | null
  method?: AuditActor['method']
  target: { kind: string; id: string }
  repositoryId?: Id<'rep'> | null
  outcome?: 'done' | 'refused'
  /** Every fact of the decision: stands in the leaf as it is. */
  facts?: Record<string, string | number>
  /** How strongly it had to be proven, and was; at the one event of an act that was judged. */
  decision?: RecordedDecision
  /** Names, mail, addresses: in the leaf only as salted hashes. */
  personal?: Record<string, string>
  at: number
}
