import type { OrganisationRole, RepositoryRole, Strength } from '../database/schema.ts'
import type { Category } from './category.ts'
import type { ActName } from './acts.ts'

/** What was proven, with which kind of key, and how long ago. */
export interface Proof {
  strength: Strength
  ageSeconds: number
  /** The tap sealed this very act. */
  boundToAct: boolean
  /** Null where no key was used: a bearer token. */
  key: { category: Category; aaguid: string | null } | null
  /** It was another place that somebody signed in at: what a rule permits of passwords here is not about that. */
  isFromElsewhere?: boolean
}

export interface PolicyActor {
  kind: 'person' | 'agent' | 'system'
  username: string
  role: OrganisationRole
  /** Names of the groups they are in. */
  groups: readonly string[]
  /** When they joined each; left out where nobody asked, or nobody knows. */
  joinedAt?: Readonly<Record<string, number>>
  /** Until when a former passkey can cancel the recovery by which they came in; left out where there is none. */
  recoveringUntil?: number
}

/** Where an act happens, as its route found it. */
export interface ActPlace {
  projectId: string
  /** Null for what concerns a whole project. */
  repositoryId: string | null
  /** Short name; null where no branch is concerned. */
  branch: string | null
  /** What the actor is there. */
  role: RepositoryRole | null
}

/** Everything a decision rests on. The ledger keeps it, so that a draft can be judged over what really happened. */
export interface DecisionFacts {
  act: ActName
  at: number
  actor: PolicyActor
  place: ActPlace | null
  /** The caller's address. */
  address: string | null
  proof: Proof | null
  /** Of a session: how long it was unused, and how long ago it began. */
  session?: { idleSeconds: number; totalSeconds: number }
  /** Of an application: which, and where behind the proxy; nulls where it only asks who somebody is. */
  use?: { application: string; name: string; path: string | null; method: string | null }
  /** Of a token: how long it lives, from making to end; how long it has lived. */
  token?: { lifetimeDays: number; ageDays: number }
}
