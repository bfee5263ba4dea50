import type { WorkloadTrustTable } from '../../database/schema.ts'
import { invalid } from '../../http/problem.ts'
import { checkIssuer } from './check-issuer.ts'
import { checkConditions } from './home-claims.ts'
import { parseKeySet } from './key-set.ts'
import type { Condition, NewPipeline, PipelineChanges } from './shapes.ts'

/** @throws 422 for terms by which nobody could come in, or everybody */
export function checkTerms({
  shape,
  issuer,
  conditions,
  keys,
}: Pick<NewPipeline, 'shape' | 'issuer' | 'conditions' | 'keys'>): void {
  checkIssuer(issuer, shape)
  checkConditions(shape, conditions)
  if (keys !== null && parseKeySet(keys) === undefined)
    throw invalid('keys', 'This is no JSON Web Key Set with public keys in it.')
}

/** The terms as they would be, checked as a whole. @throws 422 */
export function checkChanges(row: WorkloadTrustTable, changes: PipelineChanges) {
  const conditions = changes.conditions ?? (JSON.parse(row.conditions) as Condition[])
  const terms = { ...row, ...changes, conditions }
  checkTerms(terms)
  return terms
}
