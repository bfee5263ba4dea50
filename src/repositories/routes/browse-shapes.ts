import { Type } from 'typebox'

/** `R`: all routes of one repository stand below. */
export const repositoryRoot = '/api/v1/projects/:project/repositories/:repository'

const Name = Type.String({ maxLength: 500 })
export const InRepository = { project: Name, repository: Name }

/** A branch, a tag or a commit; the default branch where it is left out. */
export const RefQuery = { ref: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })) }
export const PathQuery = { path: Type.Optional(Type.String({ maxLength: 4096 })) }

/** Paths are as git has them: no slash at either end. */
export const cleanPath = (path: string | undefined): string => (path ?? '').replaceAll(/^\/+|\/+$/g, '')

/** Number of a file in a change. Parameters are text, and nothing is coerced. */
export const FileIndex = Type.String({ pattern: '^(0|[1-9][0-9]{0,5})$' })
