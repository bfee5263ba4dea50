import { Type } from 'typebox'
import type { RefUpdateTable } from '../../database/schema.ts'
import type { App } from '../../http/app.ts'
import { getPerson } from '../../identity/caller.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import { askForTag, makeTag, type TagReleaseParts } from '../tags/make-tag.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

export interface TagRouteParts extends TagReleaseParts {
  /** Told after a tag was made; never rejects. */
  afterMove: (place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>
}

const TagWanted = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 250 }),
    /** Branch, tag or commit. */
    target: Type.String({ minLength: 1, maxLength: 300 }),
    /** Its first line is the subject; the name where it is empty. */
    message: Type.String({ maxLength: 20_000 }),
  },
  { additionalProperties: false },
)

/** A tag that a person makes by one tap, and signs by it. */
export function tagRoutes(app: App, parts: TagRouteParts): void {
  app.post(`${repositoryRoot}/tags`, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object(InRepository),
      body: TagWanted,
      response: { 200: Type.Object({ name: Type.String() }) },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const question = { ...request.body, place, caller: getPerson(request) }
        const sealId = request.headers['postern-seal']
        if (typeof sealId !== 'string') throw await askForTag(parts, question)
        const made = await makeTag(parts, { ...question, sealId })
        if (made.length > 0) await parts.afterMove(place, made)
        return { name: question.name }
      }),
  })
}
