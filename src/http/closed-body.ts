import type { RouteOptions } from 'fastify'

interface Shape {
  type?: string
  additionalProperties?: unknown
  patternProperties?: unknown
  anyOf?: readonly Shape[]
}

/**
 * A body may hold what its route names and nothing else, unless the route says so: what is handed on as a whole would
 * otherwise carry along what nobody looked at, and no person who taps for it was shown.
 */
export function closeBody(route: RouteOptions): void {
  const { schema } = route
  if (schema?.body !== undefined) route.schema = { ...schema, body: closed(schema.body as Shape) }
}

function closed(shape: Shape): Shape {
  if (shape.anyOf !== undefined) return { ...shape, anyOf: shape.anyOf.map(closed) }
  const isSettled = shape.additionalProperties !== undefined || shape.patternProperties !== undefined
  return shape.type === 'object' && !isSettled ? { ...shape, additionalProperties: false } : shape
}
