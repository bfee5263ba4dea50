import { type CompiledPolicy, compilePolicy } from './compile.ts'
import type { DecisionFacts, Proof } from './facts.ts'
import type { PolicyInForce } from './in-force.ts'
import { firstPolicy, type Policy, type Rule } from './rule.ts'

export const rule = (more: Partial<Rule> = {}): Rule => ({
  id: 'a-rule',
  title: 'A rule',
  mode: 'enforce',
  who: ['everyone'],
  does: ['merge'],
  requires: { strength: 'attested' },
  ...more,
})

export const policyOf = (...rules: Rule[]): Policy => ({ ...firstPolicy, rules })
export const compiled = (...rules: Rule[]): CompiledPolicy => compilePolicy(policyOf(...rules))

/** The floor alone, for tests of other things. */
export const floorOnly: PolicyInForce = { current: () => compiled() }

export const proof = (more: Partial<Proof> = {}): Proof => ({
  strength: 'passkey',
  ageSeconds: 0,
  boundToAct: true,
  key: { category: 'synced', aaguid: null },
  ...more,
})

export const facts = (more: Partial<DecisionFacts> = {}): DecisionFacts => ({
  act: 'merge',
  at: 1_800_000_000_000,
  actor: { kind: 'person', username: 'ana', role: 'member', groups: [] },
  place: { projectId: 'prj_1', repositoryId: 'rep_1', branch: 'main', role: 'write' },
  address: '192.0.2.7',
  proof: proof(),
  ...more,
})
