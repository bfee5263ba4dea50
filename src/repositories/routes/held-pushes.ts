import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { App } from '../../http/app.ts'
import { conflict, notFound } from '../../http/problem.ts'
import { getPerson, type SessionCaller } from '../../identity/caller.ts'
import { type Comparison, readDiffSummary } from '../diff.ts'
import type { Git } from '../git.ts'
import { GitError } from '../git-error.ts'
import { withGitProblems } from '../git-problem.ts'
import { compareHeld } from '../held-push-facts.ts'
import { findHeldPush } from '../held-push-records.ts'
import { readFilePatch } from '../patch.ts'
import type { Source } from '../revision.ts'
import { DiffSummary, FilePatch } from '../shapes.ts'
import { FileIndex } from './browse-shapes.ts'

const ById = { id: Type.String() }

/** What a push that waits would change, for the person who is asked to tap for it; read from where git keeps it so long. */
export function heldPushRoutes(app: App, parts: { database: Database; git: Git; root: string }): void {
  const { database, git, root } = parts

  app.get('/api/v1/seal-requests/:id/change/files', {
    config: { access: 'person' },
    schema: { params: Type.Object(ById), response: { 200: DiffSummary } },
    handler: (request) => look(request.params.id, getPerson(request), readDiffSummary),
  })

  app.get('/api/v1/seal-requests/:id/change/files/:index', {
    config: { access: 'person' },
    schema: { params: Type.Object({ ...ById, index: FileIndex }), response: { 200: FilePatch } },
    handler: (request) =>
      look(request.params.id, getPerson(request), (source, comparison) =>
        readFilePatch(source, comparison, Number(request.params.index)),
      ),
  })

  /** @throws 404 for all but the person asked, 409 `push-over` */
  async function look<Result>(
    id: string,
    caller: SessionCaller,
    read: (source: Source, comparison: Comparison) => Promise<Result>,
  ): Promise<Result> {
    const find = () => findHeldPush({ db: database.read, root }, caller, id as Id<'srq'>)
    const found = await find()
    if (found === undefined) throw notFound('This request')
    if (found.row.endedAt !== null) throw over()
    const source = { git, folder: found.folder }
    try {
      return await withGitProblems(async () => read(source, await compareHeld(source, found.row, found)))
    } catch (error) {
      // Its objects went from the quarantine while they were read.
      if (error instanceof GitError && (await find())?.row.endedAt !== null) throw over()
      throw error
    }
  }
}

const over = () => conflict('push-over', 'This push is over.', { help: 'Push again, and look while it waits.' })
