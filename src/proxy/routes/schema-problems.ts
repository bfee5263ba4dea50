import type { TSchema } from 'typebox'
import { shapeErrors } from '../../http/check-value.ts'
import type { RouteProblem } from './route-problem.ts'

/** What of a value does not fit its schema, in words, each at its place. */
export function findSchemaProblems(schema: TSchema, value: unknown): RouteProblem[] {
  const problems = new Map<string, RouteProblem>()
  const choices = new Map<string, string[]>()
  for (const { keyword, instancePath, params, message } of shapeErrors(schema, value)) {
    const path = instancePath.split('/').slice(1).map(readStep)
    const name = path.length === 0 ? 'A route' : path.join('.')
    const say = (sentence: string, at: RouteProblem['path'] = path): void => {
      const key = JSON.stringify(at)
      if (!problems.has(key)) problems.set(key, { path: at, message: sentence })
    }
    const named = params as { requiredProperties?: string[]; additionalProperties?: string[]; allowedValue?: unknown }
    // Each choice of several is said by itself, and then that none of them fits.
    if (keyword === 'const') {
      choices.set(name, [...(choices.get(name) ?? []), String(named.allowedValue)])
      problems.set(JSON.stringify(path), { path, message: `${name} must be one of: ${choices.get(name)?.join(', ')}.` })
    } else if (keyword === 'required')
      for (const missing of named.requiredProperties ?? []) say(`${[...path, missing].join('.')} is missing.`)
    else if (keyword === 'additionalProperties')
      for (const unknown of named.additionalProperties ?? [])
        problems.set(JSON.stringify([...path, unknown]), {
          path: [...path, unknown],
          message: `There is no setting ${[...path, unknown].join('.')}.`,
        })
    else if (keyword === 'pattern') say(`${name} is not written as it has to be.`)
    else if (keyword !== 'anyOf' && keyword !== 'boolean') say(`${name} ${message}.`)
  }
  return [...problems.values()]
}

const readStep = (step: string): string | number =>
  /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')
