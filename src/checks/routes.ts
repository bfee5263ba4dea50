import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { getCaller } from '../identity/caller.ts'
import { withGitProblems } from '../repositories/git-problem.ts'
import { getPlace } from '../repositories/place.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { InRepository, repositoryRoot } from '../repositories/routes/browse-shapes.ts'
import { newestByName, readStatuses, renderStatuses } from './read-statuses.ts'
import { setStatus } from './set-status.ts'
import { CommitStatusView, NewCommitStatus } from './shapes.ts'

const ByCommit = Type.Object({ ...InRepository, oid: Type.String({ pattern: '^[0-9a-f]{40}$' }) })
const root = `${repositoryRoot}/commits/:oid/statuses`

/**
 * `checks/` owns what programs found out about commits, and who may say it under which name. It never decides whether
 * that is enough for anything.
 */
export function checkRoutes(app: App, parts: RefParts): void {
  const { database } = parts

  app.post(root, {
    config: { access: 'repository:status' },
    schema: { params: ByCommit, body: NewCommitStatus, response: { 200: CommitStatusView } },
    handler: (request) =>
      withGitProblems(async () => {
        const about = { place: getPlace(request), caller: getCaller(request), oid: request.params.oid }
        const row = await setStatus(parts, about, request.body)
        const [view] = await renderStatuses(database.read, [row])
        if (view === undefined) throw new Error('one status is one view')
        return view
      }),
  })

  app.get(root, {
    config: { access: 'repository:read' },
    schema: { params: ByCommit, response: { 200: Type.Object({ items: Type.Array(CommitStatusView) }) } },
    async handler(request) {
      const { oid } = request.params
      const said = await readStatuses(database.read, getPlace(request).repository.id, [oid])
      return { items: await renderStatuses(database.read, newestByName(said.get(oid) ?? [])) }
    },
  })
}
