import type { ActName, RuleRequirement } from '../../api/shapes.ts'
import { allActs, isNamed } from './act-words.ts'

/** What a rule can ask, and where it can be about. */
export type Part =
  | keyof RuleRequirement
  | 'eachTap'
  | 'repositories'
  | 'branches'
  | 'applications'
  | 'paths'
  | 'methods'

const onBranches: readonly ActName[] = ['push', 'merge', 'approve', 'bypass', 'confirm', 'protect', 'branch.rule']
const placed = ['member.', 'project.', 'repository.', 'deploy-key.', 'mirror.', 'webhook.', 'workload.']
const inPlaces = (act: ActName): boolean =>
  act === 'tag' || onBranches.includes(act) || placed.some((noun) => act.startsWith(noun))

const atTools = (act: ActName): boolean => act === 'application.use' || act === 'application.call'

/** What can wait for a tap of its own because a rule asks for it: `freshnessSeconds` 0. */
const isHeld = (act: ActName): boolean => act === 'push' || act === 'tag'

/** A bearer token shows no key. */
const byKey = (act: ActName): boolean => act !== 'token.use'

const effect: Record<Exclude<Part, 'eachTap'>, (act: ActName) => boolean> = {
  strength: byKey,
  models: byKey,
  networks: () => true,
  freshnessSeconds: (act) => act === 'session' || isHeld(act) || act === 'application.use',
  sessionIdleSeconds: (act) => act === 'session',
  sessionAbsoluteSeconds: (act) => act === 'session',
  tokenLifetimeDays: (act) => act === 'token.create' || act === 'token.use',
  people: (act) => act === 'guardrail.change',
  repositories: inPlaces,
  branches: (act) => onBranches.includes(act),
  applications: atTools,
  paths: atTools,
  methods: atTools,
}

/** The parts that do something where a rule names these acts; the server refuses the others. */
export function partsOf(does: readonly string[]): ReadonlySet<Part> {
  const named = allActs.filter((act) => isNamed(does, act))
  const parts = (Object.keys(effect) as (keyof typeof effect)[]).filter((part) => named.some(effect[part]))
  return new Set<Part>(named.length > 0 && named.every(isHeld) ? [...parts, 'eachTap'] : parts)
}
