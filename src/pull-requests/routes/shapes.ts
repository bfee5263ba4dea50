import { Type } from 'typebox'
import { InRepository, repositoryRoot } from '../../repositories/routes/browse-shapes.ts'

export const pullRequestsRoot = `${repositoryRoot}/pull-requests`
export const pullRequestRoot = `${pullRequestsRoot}/:number`

export const ByNumber = { ...InRepository, number: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) }

export const Title = Type.String({ minLength: 1, maxLength: 300 })
/** Not ready yet: nothing merges a draft, and nobody is asked to review it. */
export const IsDraft = Type.Boolean()
export const mostDescription = 50_000
export const Description = Type.String({ maxLength: mostDescription })

/** Whether its person signs, by a tap, the commit that comes of it; no program can. */
export const SignQuery = Type.Object({ sign: Type.Optional(Type.Literal('true')) })
