import AjvCompiler from '@fastify/ajv-compiler'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'

type Validate = ((data: unknown) => unknown) & { errors?: unknown }
type Serialize = (data: unknown) => string

/**
 * Fastify's own compilers, asked at a route's first request: compiling a hundred routes took a third of the start, and
 * most of them wait long for their first caller.
 */
export function lazySchemaCompilers() {
  const buildValidator = AjvCompiler()
  const buildSerializer = SerializerSelector()
  return {
    compilersFactory: {
      buildValidator: (...given: Parameters<typeof buildValidator>) => {
        const compile = buildValidator(...given) as (route: unknown) => Validate
        return (route: unknown): Validate => {
          let compiled: Validate | undefined
          const validate: Validate = (data) => {
            compiled ??= compile(route)
            const verdict = compiled(data)
            validate.errors = compiled.errors
            return verdict
          }
          return validate
        }
      },
      buildSerializer: (...given: Parameters<typeof buildSerializer>) => {
        const compile = buildSerializer(...given) as (route: unknown) => Serialize
        return (route: unknown): Serialize => {
          let compiled: Serialize | undefined
          return (data) => (compiled ??= compile(route))(data)
        }
      },
    },
  }
}
