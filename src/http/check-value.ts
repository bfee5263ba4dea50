import { createRequire } from 'node:module'
import type { Static, TSchema } from 'typebox'

type Library = typeof import('typebox/value')
type ValueError = ReturnType<Library['Errors']>[number]

let loaded: Library | undefined

/** Three hundred files, for the few values that come by another way than a request: read when the first of them does. */
const library = (): Library => (loaded ??= createRequire(import.meta.url)('typebox/value') as Library)

/** Whether a value fits its schema; what comes in requests is checked by the routes themselves. */
export const isOfShape = <Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> =>
  library().Check(schema, value)

/** What of it does not fit, each with its place. */
export const shapeErrors = (schema: TSchema, value: unknown): ValueError[] => library().Errors(schema, value)
