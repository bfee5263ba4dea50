import type { RecordedDecision } from '../audit/decision.ts'
import type { Strength } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { JudgeParts } from '../identity/judge-caller.ts'
import { readPolicyActor } from '../identity/policy-actor.ts'
import { compileRules } from '../policy/compile.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import { findDecisive } from '../policy/decide.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { enforce } from '../policy/in-force.ts'
import { recordDecision } from '../policy/record-decision.ts'
import type { Requirement } from '../policy/requirement.ts'
import type { RuleRef } from '../policy/rule.ts'
import { explainDecision, helpWith } from '../policy/words.ts'
import type { Application } from './application.ts'
import { isInAudience } from './audience.ts'

/** Who opens what, and what the application itself asks of them this time. */
export interface Use {
  caller: Caller
  application: Application
  /** Where behind the proxy; null where it only asks who somebody is. */
  request: { path: string; method: string } | null
  /** The address they come from. */
  address: string
  /** Rules that stand with the application rather than in the policy. */
  own?: readonly CompiledRule[]
  /** What the application asked for with this very sign-on: `acr_values`, `max_age`, `ForceAuthn`. */
  asked?: { strength?: Strength; maxAgeSeconds?: number }
}

export type UseVerdict =
  /** What the event of it keeps, so that other rules can judge it later. */
  | { outcome: 'allow'; recorded: RecordedDecision }
  /** Another tap of theirs may do: a newer one, or one with another key. */
  | {
      outcome: 'step-up'
      kind: 'fresh-tap' | 'stronger-key'
      rule: RuleRef | null
      sentence: string
      requires: Pick<Requirement, 'strength' | 'freshnessSeconds'>
    }
  /** No tap of theirs helps. */
  | { outcome: 'deny'; rule: RuleRef | null; sentence: string; help: string; recorded?: RecordedDecision }

/**
 * Whether somebody may open an application, and whether they have proven enough: the one place that says so, whether it
 * asks by OpenID Connect, by SAML or through the proxy.
 */
export async function judgeUse(parts: JudgeParts, use: Use, now: number): Promise<UseVerdict> {
  const { caller, application, request, address, own = [], asked } = use
  if (!(await isInAudience(parts.database.read, application, caller)))
    return {
      outcome: 'deny',
      rule: null,
      sentence: `${application.name} is not open to you.`,
      help: 'Ask an administrator to let you in.',
    }
  const isPerson = caller.by.kind === 'session'
  const facts: DecisionFacts = {
    act: isPerson ? 'application.use' : 'application.call',
    at: now,
    actor: await readPolicyActor(parts.database.read, caller),
    place: null,
    address,
    proof: {
      strength: caller.strength,
      ageSeconds: isPerson ? Math.max(0, now - caller.authenticatedAt) / 1000 : 0,
      boundToAct: false,
      key: caller.by.kind === 'session' ? caller.by.key : null,
    },
    use: {
      application: application.slug,
      name: application.name,
      path: request?.path ?? null,
      method: request?.method ?? null,
    },
  }
  const decision = enforce(parts.policy, facts, isPerson ? [...ownRule(application, asked), ...own] : own)
  const recorded = recordDecision(parts.policy.current(), facts, decision)
  const first = findDecisive(decision)
  if (decision.outcome === 'allow' || first === undefined) return { outcome: 'allow', recorded }
  const sentence = explainDecision(decision, facts)
  // A program has nobody there who could tap.
  if (decision.outcome === 'deny' || !isPerson)
    return { outcome: 'deny', rule: first.rule, sentence, help: helpWith(decision), recorded }
  const { strength, freshnessSeconds } = decision.requirement
  return {
    outcome: 'step-up',
    kind: first.part === 'freshness' ? 'fresh-tap' : 'stronger-key',
    rule: first.rule,
    sentence,
    requires: { strength, freshnessSeconds },
  }
}

/** What stands in the form of the application, and what it asks by itself, as rules like any other. */
function ownRule({ slug, name, strength }: Application, asked: Use['asked']): CompiledRule[] {
  const rule = (id: string, title: string, requires: Parameters<typeof compileRules>[0][number]['requires']) => ({
    id: `application:${slug}:${id}`,
    title,
    mode: 'enforce' as const,
    who: ['everyone'],
    does: ['application.use'],
    requires,
  })
  return compileRules([
    ...(strength === null || strength === 'password' || strength === 'mfa'
      ? []
      : [rule('strength', `Who may open ${name}`, { strength })]),
    ...(asked?.strength === undefined || asked.strength === 'password' || asked.strength === 'mfa'
      ? []
      : [rule('asked-strength', `${name} asks for it`, { strength: asked.strength })]),
    ...(asked?.maxAgeSeconds === undefined
      ? []
      : [rule('asked-age', `${name} asks for it`, { freshnessSeconds: Math.max(1, asked.maxAgeSeconds) })]),
  ])
}
