import type { TSchema } from 'typebox'
import { isOfShape, shapeErrors } from '../http/check-value.ts'
import { invalid } from '../http/problem.ts'
import type { ApplicationKind } from './application-kind.ts'

/** Settings in the shape that their kind asks for. @throws 422 with the field, as `settings.upstream` */
export function readSettings({ settingsSchema }: Pick<ApplicationKind, 'settingsSchema'>, settings: unknown): unknown {
  if (isOfShape(settingsSchema, settings)) return settings
  const first = shapeErrors(settingsSchema, settings)[0]
  const path = (first?.instancePath ?? '').split('/').slice(1)
  const missing = first?.keyword === 'required' ? first.params.requiredProperties[0] : undefined
  const field = ['settings', ...path, ...(missing === undefined ? [] : [missing])].join('.')
  const why =
    missing !== undefined
      ? 'has to be filled in'
      : first?.keyword === 'boolean'
        ? 'is not known'
        : (describedAt(settingsSchema, path) ?? first?.message ?? 'is not valid')
  throw invalid(field, `${field}: ${why}.`)
}

/** The words that stand with the deepest part of the schema on the way to a value. */
function describedAt(schema: TSchema, path: readonly string[]): string | undefined {
  type Node = { description?: string; properties?: Record<string, Node>; items?: Node; anyOf?: Node[] } | undefined
  let node: Node = schema
  let described = node?.description
  for (const step of path) {
    const parts: Node[] = node?.anyOf ?? [node]
    node = parts.map((part) => part?.properties?.[step] ?? part?.items).find((found) => found !== undefined)
    described = node?.description ?? described
  }
  return described
}
