import { invalid } from '../../http/problem.ts'
import { countWildcards, isExact, mostWildcards } from './match-pattern.ts'
import type { Condition, WorkloadShape } from './shapes.ts'

/**
 * An issuer signs for everybody who builds there. So one condition at least must say whose pipeline it is: by an id, or
 * by a path in which nobody else can put anything.
 */
const homes: Record<Exclude<WorkloadShape, 'other'>, { ids: readonly string[]; paths: Record<string, RegExp> }> = {
  github: {
    ids: ['repository', 'repository_id', 'repository_owner', 'repository_owner_id'],
    paths: { repository: /^[^*/]+\//, sub: /^repo:[^*/:]+\// },
  },
  gitlab: {
    ids: ['project_path', 'project_id', 'namespace_path', 'namespace_id'],
    paths: { project_path: /^[^*/]+\//, sub: /^project_path:[^*/:]+\// },
  },
  bitbucket: { ids: ['repositoryUuid', 'workspaceUuid'], paths: {} },
}

/** Checked for themselves, whatever anybody asks: a condition on one of them would say nothing. */
const registered = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']

/** Whether this condition says whose pipeline it is. */
export function namesHome(shape: WorkloadShape, { claim, value }: Condition): boolean {
  if (shape === 'other') return isExact(value)
  const { ids, paths } = homes[shape]
  return (ids.includes(claim) && isExact(value)) || (paths[claim]?.test(value) ?? false)
}

/** @throws 422 for conditions that say nothing, contradict each other, or let in everybody who builds there */
export function checkConditions(shape: WorkloadShape, conditions: readonly Condition[]): void {
  const empty = conditions.find(({ claim }) => registered.includes(claim))
  if (empty !== undefined)
    throw invalid(
      'conditions',
      `The claim ${empty.claim} is checked anyway. Choose one that says which pipeline it is.`,
    )
  if (conditions.some(({ value }) => countWildcards(value) > mostWildcards))
    throw invalid('conditions', `A condition has at most ${mostWildcards} stars.`)
  if (new Set(conditions.map(({ claim }) => claim)).size < conditions.length)
    throw invalid('conditions', 'Each claim can have one condition.')
  if (conditions.some((condition) => namesHome(shape, condition))) return
  throw invalid(
    'conditions',
    shape === 'other'
      ? 'This issuer may sign for others too: one claim at least must be named without a star.'
      : `This issuer signs for everybody who builds there: say whose pipeline it is, by ${homes[shape].ids.join(', ')}.`,
  )
}
