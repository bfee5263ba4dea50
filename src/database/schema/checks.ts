import type { Id } from '../id.ts'

/** The tables that `checks/` writes. */
export interface ChecksTables {
  commitStatus: CommitStatusTable
}

/** What a program found out about a commit. The newest of a name counts; all are kept. */
export interface CommitStatusTable {
  id: Id<'sta'>
  repositoryId: Id<'rep'>
  oid: string
  name: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description: string
  targetUrl: string | null
  setBy: Id<'usr'>
  /** The token it came with; null from a browser session. */
  tokenId: Id<'tok'> | null
  createdAt: number
}
