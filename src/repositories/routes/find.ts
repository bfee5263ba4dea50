import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { createFileFinder } from '../find-files.ts'
import { createLineFinder } from '../find-lines.ts'
import type { Git } from '../git.ts'
import { withGitProblems } from '../git-problem.ts'
import type { ReadTurns } from '../kept-reads.ts'
import { FoundLines, FoundPaths } from '../shapes.ts'
import { holderOf } from '../stream-holder.ts'
import { InRepository, RefQuery, repositoryRoot } from './browse-shapes.ts'
import { lookAt } from './look-at.ts'

/** One line with something on it: of several lines git would look for each. */
const oneLine = String.raw`^(?=[^]*\S)[^\u0000-\u0008\u000a-\u001f\u007f]*$`
const Sought = (minLength: number) => Type.String({ minLength, maxLength: 200, pattern: oneLine })

/** Looking for something in one commit of a repository. */
export function findRoutes(app: App, { git, now, turns }: { git: Git; now: () => number; turns: ReadTurns }): void {
  const files = createFileFinder({ now, turns })
  const lines = createLineFinder({ now, turns })

  app.get(`${repositoryRoot}/find/paths`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, q: Sought(1) }),
      response: { 200: FoundPaths },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, revision } = await lookAt(git, request)
        const wanted = { tip: revision.oid, q: request.query.q, holder: holderOf(request) }
        return { ref: revision.name, oid: revision.oid, ...(await files.find(source, wanted)) }
      }),
  })

  app.get(`${repositoryRoot}/find/lines`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      // One letter stands in every file.
      querystring: Type.Object({ ...RefQuery, q: Sought(2) }),
      response: { 200: FoundLines },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { source, revision } = await lookAt(git, request)
        const wanted = { tip: revision.oid, q: request.query.q, holder: holderOf(request) }
        return { ref: revision.name, oid: revision.oid, ...(await lines.find(source, wanted)) }
      }),
  })
}
