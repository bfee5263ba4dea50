import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { conflict } from '../http/problem.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { findOwnRole, findProjectRole } from './access.ts'
import { nameTaken } from './name-taken.ts'
import { listReachedProjects } from './reachable.ts'

export type FormerTables = 'project' | 'repository' | 'formerPath' | 'roleGrant' | 'groupMember'

/** A path that is to be taken, of a repository or of all below a project's name, and by which of both. */
export interface WantedPath {
  name: string
  /** Where it is a repository's; otherwise it is a project's. */
  inProject?: string
  /** What has been there before may come back, and whatever lies in the project. */
  own?: Id<'rep'> | Id<'prj'>
  /** The caller has been told what still comes from there. */
  takesFormerName?: boolean | undefined
}

/**
 * Clones, pipelines and lists of signers go on fetching from where something used to be: a former path is only for
 * whoever administers what it leads to, or deleted what lay there, or administers the organisation. Everybody else gets
 * the answer of a name in use, unless they may see where it leads. Returns that, or null where it leads to nothing else.
 * @throws 409
 */
export async function checkFormerPath(
  db: Db<FormerTables>,
  caller: Caller,
  wanted: WantedPath,
): Promise<string | null> {
  const rows = await listFormer(db, wanted)
  const standings: Standing[] = []
  for (const row of rows) standings.push(await judge(db, caller, row, wanted.inProject !== undefined))
  if (standings.includes('hidden')) throw nameTaken(wanted.name)
  const leadsTo = [...new Set(rows.map((row) => leadTo(row, wanted)))].filter((path) => path !== null).join(', ')
  if (standings.includes('seen'))
    throw conflict('name-taken', `${wanted.name} is a former name of ${leadsTo}, and still leads there.`, {
      help: 'Choose another name, or ask who administers that to take this one.',
      fields: { name: 'is a former name' },
    })
  if (leadsTo === '') return null
  if (wanted.takesFormerName !== true)
    throw conflict('former-name', `${wanted.name} is a former name of ${leadsTo}, and still leads there.`, {
      detail: 'Clones, pipelines and lists of signers that have the former address would come here from then on.',
      help: 'Choose another name, or take this one over; programs say so with `takesFormerName`.',
      fields: { name: 'is a former name' },
    })
  return leadsTo
}

/** Checks the path again, which by now is the caller's alone, and frees it of what used to be there. @throws 409 */
export async function takeFormerPath(tx: Tx<FormerTables>, caller: Caller, wanted: WantedPath): Promise<string | null> {
  const leadsTo = await checkFormerPath(tx, caller, wanted)
  const [least, next] = rangeOf(wanted)
  const taken = tx.deleteFrom('formerPath').where('path', '>=', least).where('path', '<', next)
  // What used to be in a project that is only renamed goes on leading there.
  await (
    wanted.inProject === undefined && wanted.own !== undefined
      ? taken.where('projectId', '!=', wanted.own as Id<'prj'>)
      : taken
  ).execute()
  return leadsTo
}

/** What the record of the act says of it. */
export const takenFact = (takenFrom: string | null) => (takenFrom === null ? {} : { takenFrom })

/** Lets former paths lead on, and none at which something lies now. A change of case alone is no move. */
export async function leaveFormerPaths(
  tx: Tx<'formerPath'>,
  moves: readonly { repositoryId: Id<'rep'>; projectId: Id<'prj'>; from: string; to: string }[],
): Promise<void> {
  for (const { repositoryId, projectId, from, to } of moves) {
    await tx.deleteFrom('formerPath').where('path', '=', to.toLowerCase()).execute()
    if (from.toLowerCase() === to.toLowerCase()) continue
    await leave(tx, { path: from.toLowerCase(), repositoryId, projectId, leftBy: null })
  }
}

/** Of a repository that is deleted: nothing is there any more, and still nobody else's may come to lie there. */
export async function keepFormerPath(
  tx: Tx<'formerPath'>,
  { repositoryId, projectId, path }: { repositoryId: Id<'rep'>; projectId: Id<'prj'>; path: string },
  leftBy: Id<'usr'>,
): Promise<void> {
  await leave(tx, { path: path.toLowerCase(), repositoryId, projectId, leftBy })
  await tx.updateTable('formerPath').set({ leftBy }).where('repositoryId', '=', repositoryId).execute()
}

async function leave(
  tx: Tx<'formerPath'>,
  row: { path: string; repositoryId: Id<'rep'>; projectId: Id<'prj'>; leftBy: Id<'usr'> | null },
): Promise<void> {
  await tx
    .insertInto('formerPath')
    .values(row)
    .onConflict((former) => former.column('path').doUpdateSet(row))
    .execute()
}

type Former = Awaited<ReturnType<typeof listFormer>>[number]

/** One row for each project below a project's name, as that is what one has a role in. */
async function listFormer(db: Db<FormerTables>, wanted: WantedPath) {
  const [least, next] = rangeOf(wanted)
  const rows = await db
    .selectFrom('formerPath')
    .leftJoin('repository', 'repository.id', 'formerPath.repositoryId')
    .leftJoin('project', 'project.id', 'formerPath.projectId')
    .select(['formerPath.repositoryId', 'formerPath.projectId', 'leftBy'])
    .select(['project.name as project', 'repository.name as repository', 'visibility'])
    .where('path', '>=', least)
    .where('path', '<', next)
    .execute()
  const others = rows.filter(({ repositoryId, projectId }) => wanted.own !== repositoryId && wanted.own !== projectId)
  const byPlace = new Map<string, (typeof rows)[number]>()
  for (const row of others) {
    const place = wanted.inProject === undefined ? row.projectId : row.repositoryId
    if (row.repository !== null || !byPlace.has(place)) byPlace.set(place, row)
  }
  return [...byPlace.values()]
}

/** “0” follows “/”: all below a project's name. No name has a character before “!”: that one path. */
function rangeOf({ name, inProject }: WantedPath): [least: string, next: string] {
  const path = (inProject === undefined ? name : `${inProject}/${name}`).toLowerCase()
  return inProject === undefined ? [`${path}/`, `${path}0`] : [path, `${path}!`]
}

const leadTo = ({ project, repository }: Former, { inProject }: WantedPath): string | null =>
  repository === null ? null : inProject === undefined ? project : `${project}/${repository}`

type Standing = 'own' | 'seen' | 'hidden'

async function judge(db: Db<FormerTables>, caller: Caller, row: Former, isOne: boolean): Promise<Standing> {
  if (isAdmin(caller)) return 'own'
  const { projectId, repositoryId, visibility, project, leftBy } = row
  if (project === null) return leftBy === caller.id ? 'own' : 'hidden'
  if (isOne && visibility !== null) {
    const role = await findOwnRole(db, caller, { id: repositoryId, projectId, visibility })
    return role === 'admin' ? 'own' : role === undefined ? 'hidden' : 'seen'
  }
  const role = await findProjectRole(db, caller, projectId, true)
  if (role === 'admin') return 'own'
  const isSeen = role !== undefined || (await listReachedProjects(db, caller)).has(projectId)
  return visibility !== null && isSeen ? 'seen' : 'hidden'
}
