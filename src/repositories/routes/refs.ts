import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { listBranches, listTags } from '../branches.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace } from '../place.ts'
import { BranchView, TagView } from '../shapes.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'
import { deletionRoute, type DeletionParts } from './deletions.ts'

/** Branches and tags: their lists, and how one is deleted. */
export function refRoutes(app: App, parts: DeletionParts): void {
  const { database, git, policy, now } = parts
  const List = { params: Type.Object(InRepository), querystring: Type.Object(CursorQuery) }

  app.get(`${repositoryRoot}/branches`, {
    config: { access: 'repository:read' },
    schema: { ...List, response: { 200: Page(BranchView) } },
    handler: (request) =>
      withGitProblems(() => {
        const { folder, repository } = getPlace(request)
        return listBranches({ git, folder }, { db: database.read, policy, at: now() }, repository, request.query.cursor)
      }),
  })

  app.get(`${repositoryRoot}/tags`, {
    config: { access: 'repository:read' },
    schema: { ...List, response: { 200: Page(TagView) } },
    handler: (request) =>
      withGitProblems(() => {
        const { folder, repository } = getPlace(request)
        return listTags({ git, folder }, { db: database.read, policy, at: now() }, repository.id, request.query.cursor)
      }),
  })

  for (const kind of ['branch', 'tag'] as const) deletionRoute(app, parts, kind)
}
