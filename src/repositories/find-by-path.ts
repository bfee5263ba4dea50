import type { Db } from '../database/handles.ts'
import type { ProjectTable, RepositoryTable } from '../database/schema.ts'
import { isName } from './names.ts'

type Names = { project: string; repository: string }

/** The repository at this path, in any case, or the one that used to be there. Says nothing about who may see it. */
export async function findRepository(
  db: Db<'project' | 'repository' | 'formerPath'>,
  { project, repository }: Names,
): Promise<{ repository: RepositoryTable; project: ProjectTable } | undefined> {
  if (!isName(project) || !isName(repository)) return undefined
  return (await findHere(db, { project, repository })) ?? findMoved(db, `${project}/${repository}`.toLowerCase())
}

async function findHere(db: Db<'project' | 'repository'>, names: Names) {
  const project = await findProjectHere(db, names.project)
  const repository =
    project &&
    (await db
      .selectFrom('repository')
      .selectAll()
      .where('projectId', '=', project.id)
      .where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '=', names.repository.toLowerCase()))
      .executeTakeFirst())
  return project && repository && { repository, project }
}

async function findMoved(db: Db<'project' | 'repository' | 'formerPath'>, path: string) {
  const repository = await db
    .selectFrom('formerPath')
    .innerJoin('repository', 'repository.id', 'formerPath.repositoryId')
    .selectAll('repository')
    .where('path', '=', path)
    .executeTakeFirst()
  const project = repository && (await getProjectById(db, repository.projectId))
  return project && repository && { repository, project }
}

/** The project of this name, in any case, or the one that has taken over a repository from it by being renamed. */
export async function findProject(
  db: Db<'project' | 'repository' | 'formerPath'>,
  name: string,
): Promise<ProjectTable | undefined> {
  if (!isName(name)) return undefined
  return (await findProjectHere(db, name)) ?? findRenamedProject(db, name.toLowerCase())
}

function findProjectHere(db: Db<'project'>, name: string): Promise<ProjectTable | undefined> {
  return db
    .selectFrom('project')
    .selectAll()
    .where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst()
}

async function findRenamedProject(
  db: Db<'project' | 'repository' | 'formerPath'>,
  name: string,
): Promise<ProjectTable | undefined> {
  // “0” follows “/”: the range holds exactly the paths below this name.
  const moved = await db
    .selectFrom('formerPath')
    .innerJoin('repository', 'repository.id', 'formerPath.repositoryId')
    .select('repository.projectId')
    .where('path', '>=', `${name}/`)
    .where('path', '<', `${name}0`)
    .limit(1)
    .executeTakeFirst()
  return moved && getProjectById(db, moved.projectId)
}

const getProjectById = (db: Db<'project'>, id: ProjectTable['id']): Promise<ProjectTable | undefined> =>
  db.selectFrom('project').selectAll().where('id', '=', id).executeTakeFirst()
