import { recordEvent } from '../audit/record.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import type { ProjectTable } from '../database/schema.ts'
import { conflict, forbidden, notFound } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { checkFormerPath, type FormerTables, leaveFormerPaths, takenFact, takeFormerPath } from './former-paths.ts'
import { nameTaken } from './name-taken.ts'
import { checkProjectName } from './names.ts'
import type { ProjectPlace } from './place.ts'

/** Any person but a guest may begin a project, and administers it. */
export async function createProject(
  database: Database,
  caller: Caller,
  wanted: { name: string; description: string; takesFormerName?: boolean | undefined },
  at: number,
): Promise<ProjectTable> {
  if (caller.role === 'guest')
    throw forbidden(
      'Guests cannot create projects.',
      'Ask somebody of the organisation to create it and to let you in.',
    )
  checkProjectName(wanted.name)
  const project: ProjectTable = {
    id: newId('prj'),
    name: wanted.name,
    description: wanted.description,
    isDemo: caller.isDemo ? 1 : 0,
    createdAt: at,
    createdBy: caller.id,
  }
  await database.write(async (tx) => {
    await orNameTaken(tx.insertInto('project').values(project).execute(), wanted.name)
    await tx
      .insertInto('roleGrant')
      .values({
        subjectKind: 'user',
        subjectId: caller.id,
        scopeKind: 'project',
        scopeId: project.id,
        role: 'admin',
        createdAt: at,
        createdBy: caller.id,
      })
      .execute()
    const takenFrom = await takeFormerPath(tx, caller, wanted)
    const target = { kind: 'project', id: project.id }
    await recordEvent(tx, {
      action: 'project.created',
      actor: actorOf(caller),
      target,
      facts: { project: project.name, ...takenFact(takenFrom) },
      at,
    })
  })
  return project
}

/** Returns what that name leads to until now. @throws 422 or 409 where it cannot take that name */
export async function checkNewProjectName(
  db: Db<FormerTables>,
  caller: Caller,
  project: ProjectTable,
  { name, takesFormerName }: { name: string; takesFormerName?: boolean | undefined },
): Promise<string | null> {
  if (name === project.name) return null
  checkProjectName(name)
  const taken = await db
    .selectFrom('project')
    .select('id')
    .where('id', '!=', project.id)
    .where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst()
  if (taken !== undefined) throw nameTaken(name)
  return checkFormerPath(db, caller, { name, own: project.id, takesFormerName })
}

/** Of what somebody else changed since the request came, all stands that it does not name. @throws 404, 409, 422 */
export async function changeProject(
  database: Database,
  { caller, takeSeal, now }: Act,
  { project: { id } }: ProjectPlace,
  wanted: { name?: string | undefined; description?: string | undefined; takesFormerName?: boolean | undefined },
): Promise<ProjectTable> {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const project = await lockProject(tx, id)
    const { name = project.name, description = project.description } = wanted
    if (name !== project.name) checkProjectName(name)
    await orNameTaken(tx.updateTable('project').set({ name, description }).where('id', '=', id).execute(), name)
    const takenFrom =
      name === project.name
        ? null
        : await takeFormerPath(tx, caller, { name, own: id, takesFormerName: wanted.takesFormerName })
    const repositories = await tx.selectFrom('repository').select(['id', 'name']).where('projectId', '=', id).execute()
    await leaveFormerPaths(
      tx,
      repositories.map((repository) => ({
        repositoryId: repository.id,
        projectId: id,
        from: `${project.name}/${repository.name}`,
        to: `${name}/${repository.name}`,
      })),
    )
    const facts = { project: name, former: project.name, description, ...takenFact(takenFrom), seal: seal.id }
    await recordEvent(tx, {
      action: 'project.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'project', id },
      facts,
      at,
    })
    return { ...project, name, description }
  })
}

/** As it is by now; it stays so, and stays, until the transaction is over. @throws 404 */
export async function lockProject(tx: Tx<'project'>, id: ProjectTable['id']): Promise<ProjectTable> {
  const project = await tx
    .updateTable('project')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (project === undefined) throw notFound('This project')
  return project
}

/** @throws 409 while repositories are left in it */
export async function deleteProject(
  database: Database,
  { caller, takeSeal, now }: Act,
  { project }: ProjectPlace,
): Promise<void> {
  await refuseFull(database.read, project)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await lockProject(tx, project.id)
    await refuseFull(tx, project)
    await tx.deleteFrom('roleGrant').where('scopeId', '=', project.id).execute()
    await tx.deleteFrom('project').where('id', '=', project.id).execute()
    await tx.updateTable('formerPath').set({ leftBy: caller.id }).where('projectId', '=', project.id).execute()
    const target = { kind: 'project', id: project.id }
    await recordEvent(tx, {
      action: 'project.deleted',
      actor: actorOf(caller, seal),
      target,
      facts: { project: project.name, seal: seal.id },
      at,
    })
  })
}

export async function refuseFull(db: Db<'repository'>, project: ProjectTable): Promise<void> {
  const left = await db.selectFrom('repository').select('name').where('projectId', '=', project.id).executeTakeFirst()
  if (left !== undefined)
    throw conflict('project-not-empty', `${project.name} still has repositories.`, {
      help: 'Delete its repositories first, each on its own.',
    })
}

async function orNameTaken(work: Promise<unknown>, name: string): Promise<void> {
  try {
    await orUniqueViolation(work)
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    throw nameTaken(name)
  }
}
