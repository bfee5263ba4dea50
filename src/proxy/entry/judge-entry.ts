import { judgeUse, type UseVerdict } from '../../applications/judge-use.ts'
import type { Caller } from '../../identity/caller.ts'
import type { JudgeParts } from '../../identity/judge-caller.ts'
import { readPolicyActor } from '../../identity/policy-actor.ts'
import { networkHelp } from '../../policy/words.ts'
import type { Route } from '../route.ts'
import type { RouteRule } from '../route-settings.ts'
import { whomToAsk } from './whom-to-ask.ts'

interface Asked {
  path: string
  method: string
  address: string
}

/** Whether somebody may go on to a tool behind the proxy with this request, and what would help where not. */
export async function judgeEntry(
  parts: JudgeParts,
  route: Route,
  caller: Caller,
  asked: Asked,
  now: number,
): Promise<UseVerdict> {
  const { shortfall } = caller
  if (shortfall?.kind === 'refused')
    return { outcome: 'deny', rule: shortfall.rule, sentence: shortfall.sentence, help: networkHelp }
  const { application, rules } = route
  const request = { path: asked.path, method: asked.method }
  const use = { caller, application, request, address: asked.address, own: rules }
  const verdict = await judgeUse(parts, use, now)
  // Not by a rule: they are not among those whom it is open to.
  if (verdict.outcome === 'deny' && verdict.rule === null)
    return { ...verdict, help: `${verdict.help}${await whomToAsk(parts.database.read, caller)}` }
  if (verdict.outcome === 'deny') return verdict
  const denied = await judgeOwnRules(parts, route, caller, asked, now)
  if (denied !== undefined) return denied
  if (shortfall === null) return verdict
  const { kind, rule, sentence, requires } = shortfall
  return { outcome: 'step-up', kind: kind === 'fresh-tap' ? 'fresh-tap' : 'stronger-key', rule, sentence, requires }
}

/** Rules of the route with which no tap helps: open to some groups alone, or to a tap where nobody is there who could. */
async function judgeOwnRules(
  { database }: JudgeParts,
  { application, rules, settings }: Route,
  caller: Caller,
  { path, method, address }: Asked,
  now: number,
): Promise<UseVerdict | undefined> {
  const isPerson = caller.by.kind === 'session'
  const wantsTap = ({ requires }: RouteRule): boolean => !isPerson && requires?.freshnessSeconds !== undefined
  if (settings.rules?.some((rule) => rule.groups !== undefined || wantsTap(rule)) !== true) return undefined
  const actor = await readPolicyActor(database.read, caller)
  const facts = {
    act: isPerson ? ('application.use' as const) : ('application.call' as const),
    at: now,
    actor,
    place: null,
    address,
    proof: null,
    use: { application: application.slug, name: application.name, path, method },
  }
  for (const [index, rule] of settings.rules.entries()) {
    const compiled = rules[index]
    if (compiled === undefined || !compiled.matches(facts)) continue
    if (wantsTap(rule))
      return {
        outcome: 'deny',
        rule: compiled.ref,
        sentence: `This part of ${application.name} takes a tap, and no program can. The rule “${compiled.ref.title}” asks for it.`,
        help: 'Do it in the browser.',
      }
    const { groups } = rule
    if (groups === undefined) continue
    if (actor.groups.some((group) => groups.includes(group))) continue
    return {
      outcome: 'deny',
      rule: compiled.ref,
      sentence: `This part of ${application.name} is open to some groups alone. The rule “${compiled.ref.title}” asks for it.`,
      help: `Ask an administrator to put you into ${listed(groups)}.${await whomToAsk(database.read, caller)}`,
    }
  }
  return undefined
}

const listed = (groups: readonly string[]): string =>
  groups.length === 1 ? `the group ${groups[0]}` : `one of the groups ${groups.join(', ')}`
