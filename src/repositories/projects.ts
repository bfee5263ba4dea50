import { recordEvent } from '../audit/record.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import type { ProjectTable } from '../database/schema.ts'
import { conflict, forbidden, notFound, type ProblemError } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { checkProjectName } from './names.ts'
import type { ProjectPlace } from './place.ts'
import { leaveRedirects } from './redirects.ts'

/** Any person but a guest may begin a project, and administers it. */
export async function createProject(
  database: Database,
  caller: Caller,
  wanted: { name: string; description: string },
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
    // A path that used to lead elsewhere is this project's own from now on.
    await tx
      .deleteFrom('pathRedirect')
      .where('path', '>=', `${folded(project)}/`)
      .where('path', '<', `${folded(project)}0`)
      .execute()
    const target = { kind: 'project', id: project.id }
    await recordEvent(tx, {
      action: 'project.created',
      actor: actorOf(caller),
      target,
      facts: { project: project.name },
      at,
    })
  })
  return project
}

const folded = ({ name }: { name: string }): string => name.toLowerCase()

/** @throws 422 or 409 where it cannot take that name */
export async function checkNewProjectName(db: Db<'project'>, project: ProjectTable, name: string): Promise<void> {
  if (name === project.name) return
  checkProjectName(name)
  const taken = await db
    .selectFrom('project')
    .select('id')
    .where('id', '!=', project.id)
    .where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst()
  if (taken !== undefined) throw nameTaken(name)
}

/** Of what somebody else changed since the request came, all stands that it does not name. @throws 404, 409, 422 */
export async function changeProject(
  database: Database,
  { caller, takeSeal, now }: Act,
  { project: { id } }: ProjectPlace,
  wanted: { name?: string | undefined; description?: string | undefined },
): Promise<ProjectTable> {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const project = await lockProject(tx, id)
    const { name = project.name, description = project.description } = wanted
    if (name !== project.name) checkProjectName(name)
    await orNameTaken(tx.updateTable('project').set({ name, description }).where('id', '=', id).execute(), name)
    const repositories = await tx.selectFrom('repository').select(['id', 'name']).where('projectId', '=', id).execute()
    await leaveRedirects(
      tx,
      repositories.map((repository) => ({
        repositoryId: repository.id,
        from: `${project.name}/${repository.name}`,
        to: `${name}/${repository.name}`,
      })),
    )
    const facts = { project: name, former: project.name, description, seal: seal.id }
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

const nameTaken = (name: string): ProblemError =>
  conflict('name-taken', `There is already a project ${name}.`, {
    help: 'Choose another name.',
    fields: { name: 'is taken' },
  })
