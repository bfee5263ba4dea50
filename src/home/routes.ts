import { Type } from 'typebox'
import type { ApplicationKinds } from '../applications/application-kind.ts'
import { listOwnTools } from '../applications/own-tools.ts'
import { OwnTool } from '../applications/shapes.ts'
import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryRole, TableName } from '../database/schema.ts'
import type { App } from '../http/app.ts'
import { type Caller, getPerson, isAdmin } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { listMyPullRequests, listWaitingForMe } from '../pull-requests/list.ts'
import { PullRequestSummary } from '../pull-requests/shapes.ts'
import { coversRole, findRepositoryRole } from '../repositories/access.ts'
import { listRecentRepositories } from '../repositories/reachable.ts'
import { RepositorySummary } from '../repositories/shapes.ts'
import { listInbox } from '../seals/inbox.ts'
import { InboxItem } from '../seals/shapes.ts'
import { listAddressAttention, listDoubtedAccounts } from './address-attention.ts'
import { type Attention, listAttention, listUnconfirmed } from './attention.ts'
import { listConnectorAttention } from './connector-attention.ts'
import { listDirectoryAttention } from './directory-attention.ts'
import { listLeftBehind } from './left-behind-attention.ts'
import { listDeployKeyAttention, listTokenAttention } from './machine-attention.ts'
import { listOwnerlessAttention } from './ownerless-attention.ts'
import { listPasswordAttention } from './password-attention.ts'
import { listRecoveryAttention } from './recovery-attention.ts'
import { listGuestAttention } from './guest-attention.ts'
import { listWitnessAttention } from './witness-attention.ts'

const Home = Type.Object({
  /** What they may open beside Git, by name. */
  tools: Type.Array(OwnTool),
  repositories: Type.Array(RepositorySummary),
  /** What waits for my tap from elsewhere, the oldest deadline first; the inbox has the rest. */
  requests: Type.Array(InboxItem),
  /** Open ones of mine. */
  pullRequests: Type.Array(PullRequestSummary),
  /** Open ones of others that I may merge. */
  waiting: Type.Array(PullRequestSummary),
  attention: Type.Array(Type.Object({ kind: Type.String(), text: Type.String(), href: Type.String() })),
})

const shownRepositories = 12
const shownRequests = 5
// Home looks at what moved last; older places are found through their projects.
const consideredRepositories = 50

/** `home/` owns the page a person begins at: their tools and what waits for them, gathered from the others. It only reads. */
export function homeRoutes(
  app: App,
  {
    database,
    policy,
    kinds,
    ofMachine,
    now,
  }: {
    database: Pick<Database, 'read'>
    policy: PolicyInForce
    kinds: ApplicationKinds
    /** What administrators should look after on the machine itself. */
    ofMachine: () => readonly Attention[]
    now: () => number
  },
): void {
  const db = database.read
  app.get('/api/v1/home', {
    config: { access: 'person' },
    schema: { response: { 200: Home } },
    async handler(request) {
      const caller = getPerson(request)
      const repositories = await listRecentRepositories(db, caller, consideredRepositories)
      const reached = repositories.map(({ id }) => id as Id<'rep'>)
      const merging = await listCovered(db, caller, reached, 'write')
      const administered = await listCovered(db, caller, reached, 'admin')
      return {
        tools: await listOwnTools({ database, policy, kinds }, caller, now()),
        repositories: repositories.slice(0, shownRepositories),
        requests: (await listInbox(db, { userId: caller.id, now: now(), size: shownRequests })).items,
        pullRequests: await listMyPullRequests(db, { userId: caller.id, repositoryIds: reached }),
        waiting: await listWaitingForMe(db, { userId: caller.id, repositoryIds: merging }),
        attention: [
          ...(isAdmin(caller) ? await listOwnerlessAttention(db) : []),
          ...(isAdmin(caller) ? ofMachine() : []),
          ...(await listLeftBehind(db, administered)),
          ...(isAdmin(caller) ? await listConnectorAttention(db) : []),
          ...(isAdmin(caller) ? await listWitnessAttention(db, now()) : []),
          ...(isAdmin(caller) ? await listDirectoryAttention(db) : []),
          ...(await listDeployKeyAttention(db, administered, now())),
          ...(await listTokenAttention(db, caller, now())),
          ...(await listAddressAttention(db, caller)),
          ...(isAdmin(caller) ? await listDoubtedAccounts(db) : []),
          ...(await listGuestAttention(db, caller, now())),
          ...(await listUnconfirmed(db, { caller, repositoryIds: administered, at: now() })),
          ...(isAdmin(caller) ? await listRecoveryAttention(db, caller, now()) : []),
          ...(isAdmin(caller) ? await listPasswordAttention(db, policy.current(), now()) : []),
          ...(isAdmin(caller) ? await listAttention(db, caller) : []),
        ],
      }
    },
  })
}

async function listCovered(
  db: Db<TableName>,
  caller: Caller,
  ids: readonly Id<'rep'>[],
  least: RepositoryRole,
): Promise<Id<'rep'>[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('repository')
    .select(['id', 'projectId', 'visibility'])
    .where('id', 'in', ids)
    .execute()
  const roles = await Promise.all(rows.map((row) => findRepositoryRole(db, caller, row)))
  return rows.filter((_, at) => coversRole(roles[at] ?? 'read', least)).map(({ id }) => id)
}
