import { recordEvent } from '../audit/record.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import type { ProjectTable, RepositoryTable } from '../database/schema.ts'
import type { Act } from '../identity/act.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import {
  checkFormerPath,
  type FormerTables,
  keepFormerPath,
  leaveFormerPaths,
  takenFact,
  takeFormerPath,
} from './former-paths.ts'
import type { Git } from './git.ts'
import { nameTaken } from './name-taken.ts'
import { checkRepositoryName } from './names.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import { lockProject } from './projects.ts'
import { createRepositoryFolder, removeRepositoryFolder } from './storage.ts'
import { throwAway } from './trash.ts'

export interface RepositoryParts {
  database: Database
  git: Git
  /** Folder of all bare repositories. */
  root: string
  now: () => number
}

/** The folder first, then the row: a crash in between leaves an empty folder that nothing names. */
export async function createRepository(
  { database, git, root, now }: RepositoryParts,
  caller: Caller,
  project: ProjectTable,
  wanted: {
    name: string
    description: string
    visibility?: RepositoryTable['visibility'] | undefined
    takesFormerName?: boolean | undefined
  },
): Promise<RepositoryTable> {
  checkRepositoryName(wanted.name)
  const at = now()
  const repository: RepositoryTable = {
    id: newId('rep'),
    projectId: project.id,
    name: wanted.name,
    description: wanted.description,
    visibility: wanted.visibility ?? 'private',
    defaultBranch: 'main',
    folder: await createRepositoryFolder(git, root),
    nextNumber: 1,
    pushedAt: null,
    createdAt: at,
    createdBy: caller.id,
  }
  try {
    await database.write(async (tx) => {
      const { name } = await lockProject(tx, project.id)
      await orNameTaken(tx.insertInto('repository').values(repository).execute(), wanted.name)
      const path = `${name}/${repository.name}`
      const { takesFormerName } = wanted
      const takenFrom = await takeFormerPath(tx, caller, { name: wanted.name, inProject: name, takesFormerName })
      await recordEvent(tx, {
        action: 'repository.created',
        actor: actorOf(caller),
        target: { kind: 'repository', id: repository.id },
        repositoryId: repository.id,
        facts: { repository: path, visibility: repository.visibility, ...takenFact(takenFrom) },
        at,
      })
    })
  } catch (error) {
    await removeRepositoryFolder(root, repository.folder)
    throw error
  }
  return repository
}

export interface RepositoryChanges {
  name?: string | undefined
  description?: string | undefined
  visibility?: RepositoryTable['visibility'] | undefined
  takesFormerName?: boolean | undefined
}

/** Returns what that name leads to until now. @throws 422 or 409 where it cannot take that name */
export async function checkNewRepositoryName(
  db: Db<FormerTables>,
  caller: Caller,
  { repository, project }: Pick<RepositoryPlace, 'repository' | 'project'>,
  { name, takesFormerName }: { name: string; takesFormerName?: boolean | undefined },
): Promise<string | null> {
  if (name === repository.name) return null
  checkRepositoryName(name)
  const taken = await db
    .selectFrom('repository')
    .select('id')
    .where('projectId', '=', project.id)
    .where('id', '!=', repository.id)
    .where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst()
  if (taken !== undefined) throw nameTaken(name)
  return checkFormerPath(db, caller, { name, inProject: project.name, own: repository.id, takesFormerName })
}

/** @throws 404 where it was deleted since the request came, 422 or 409 for the name */
export async function changeRepository(
  database: Database,
  { caller, takeSeal, now }: Act,
  { repository: { id } }: Pick<RepositoryPlace, 'repository'>,
  wanted: RepositoryChanges,
): Promise<RepositoryTable> {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const { repository, project } = await lockRepository(tx, id)
    const { name = repository.name, description = repository.description, visibility = repository.visibility } = wanted
    if (name !== repository.name) checkRepositoryName(name)
    const [path, newPath] = [`${project}/${repository.name}`, `${project}/${name}`]
    await orNameTaken(
      tx.updateTable('repository').set({ name, description, visibility }).where('id', '=', id).execute(),
      name,
    )
    const { takesFormerName } = wanted
    const takenFrom =
      newPath === path ? null : await takeFormerPath(tx, caller, { name, inProject: project, own: id, takesFormerName })
    const { projectId } = repository
    if (newPath !== path) await leaveFormerPaths(tx, [{ repositoryId: id, projectId, from: path, to: newPath }])
    await recordEvent(tx, {
      action: 'repository.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'repository', id },
      repositoryId: id,
      facts: {
        repository: newPath,
        former: path,
        visibility,
        formerVisibility: repository.visibility,
        description,
        ...takenFact(takenFrom),
        seal: seal.id,
      },
      at,
    })
    return { ...repository, name, description, visibility }
  })
}

/** As it is by now: what somebody else changed since a request came stands, where the request does not say otherwise. */
async function lockRepository(
  tx: Tx<'repository'>,
  id: RepositoryTable['id'],
): Promise<{ repository: RepositoryTable; project: string }> {
  await lockNumbers(tx, id)
  const repository = await tx.selectFrom('repository').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const { name } = await tx
    .selectFrom('project')
    .select('name')
    .where('id', '=', repository.projectId)
    .executeTakeFirstOrThrow()
  return { repository, project: name }
}

/** Everything of a repository ends with it but its events and seals. Its folder goes only after that is durable. */
export async function deleteRepository(
  { database, git, root }: RepositoryParts,
  { caller, takeSeal, now }: Act,
  { repository, path, folder }: RepositoryPlace,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    // As it is called by now: that is where others fetch from.
    const {
      repository: { name },
      project,
    } = await lockRepository(tx, repository.id)
    await tx.deleteFrom('roleGrant').where('scopeId', '=', repository.id).execute()
    await tx.deleteFrom('branchLease').where('repositoryId', '=', repository.id).execute()
    await tx
      .updateTable('refUpdate')
      .set({ state: 'abandoned', finishedAt: at })
      .where('repositoryId', '=', repository.id)
      .where('state', '=', 'prepared')
      .execute()
    const left = { repositoryId: repository.id, projectId: repository.projectId, path: `${project}/${name}` }
    await keepFormerPath(tx, left, caller.id)
    // Protected branches and pull requests fall with the row.
    await tx.deleteFrom('repository').where('id', '=', repository.id).execute()
    await recordEvent(tx, {
      action: 'repository.deleted',
      actor: actorOf(caller, seal),
      target: { kind: 'repository', id: repository.id },
      repositoryId: repository.id,
      facts: { repository: path, seal: seal.id },
      at,
    })
  })
  git.letGo(folder)
  await throwAway(root, folder)
}

async function orNameTaken(work: Promise<unknown>, name: string): Promise<void> {
  try {
    await orUniqueViolation(work)
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    throw nameTaken(name)
  }
}
