import type { ActName, RuleRequirement } from '../../api/shapes.ts'
import { allActs, isNamed } from './act-words.ts'

/** What a rule can ask, and where it can be about. */
export type Part = keyof RuleRequirement | 'repositories' | 'branches'

const onBranches: readonly ActName[] = ['merge', 'protect', 'branch.rule']
const inPlaces = (act: ActName): boolean =>
  onBranches.includes(act) || ['member.', 'project.', 'repository.'].some((noun) => act.startsWith(noun))

/** A bearer token shows no key. */
const byKey = (act: ActName): boolean => act !== 'token.use'

const effect: Record<Part, (act: ActName) => boolean> = {
  strength: byKey,
  models: byKey,
  networks: () => true,
  freshnessSeconds: (act) => act === 'session',
  sessionIdleSeconds: (act) => act === 'session',
  sessionAbsoluteSeconds: (act) => act === 'session',
  tokenLifetimeDays: (act) => act === 'token.create' || act === 'token.use',
  people: (act) => act === 'guardrail.change',
  repositories: inPlaces,
  branches: (act) => onBranches.includes(act),
}

/** The parts that do something where a rule names these acts; the server refuses the others. */
export function partsOf(does: readonly string[]): ReadonlySet<Part> {
  const named = allActs.filter((act) => isNamed(does, act))
  return new Set((Object.keys(effect) as Part[]).filter((part) => named.some(effect[part])))
}
