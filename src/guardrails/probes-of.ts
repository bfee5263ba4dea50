import type { ActName } from '../policy/acts.ts'
import type { CompiledRule } from '../policy/compiled-rule.ts'
import type { ActPlace } from '../policy/facts.ts'
import type { Rule } from '../policy/rule.ts'
import { listWhere } from './may-do.ts'
import type { Probe } from './probe.ts'
import type { Standing } from './standings.ts'

/** Where somebody can do each act, looked up once for all rules. */
export function createWhere({ actor, places }: Standing) {
  const known = new Map<string | undefined, Map<ActName, (ActPlace | null)[]>>()
  return (act: ActName, branch: string | undefined): (ActPlace | null)[] => {
    const ofBranch = known.get(branch) ?? new Map<ActName, (ActPlace | null)[]>()
    known.set(branch, ofBranch)
    const where = ofBranch.get(act) ?? listWhere(act, { role: actor.role, places }, branch)
    ofBranch.set(act, where)
    return where
  }
}

/** One way for each act of a rule in which it concerns this person. */
export function probesOf(
  compiled: CompiledRule,
  named: readonly ActName[],
  { actor }: Standing,
  whereOf: ReturnType<typeof createWhere>,
): Probe[] {
  const { who, where } = compiled.rule
  const concernsAnywhere = compiled.concerns(actor, null)
  const dependsOnPlace = where !== undefined || who.some((one) => one.startsWith('repository-role:'))
  if (!concernsAnywhere && !dependsOnPlace) return []
  // A pattern matches itself without its stars.
  const branch = where?.branches?.[0]?.replaceAll('*', '')
  const probes: Probe[] = []
  for (const act of named)
    for (const place of whereOf(act, branch))
      if (place === null ? concernsAnywhere : compiled.concerns(actor, place)) {
        probes.push({ act, place, ...(isUse(act) ? { use: useOf(where) } : {}) })
        break
      }
  return probes
}

const isUse = (act: ActName): boolean => act === 'application.use' || act === 'application.call'

/** Something that the rule is about: a pattern matches itself without its stars. */
function useOf({ applications, paths, methods }: NonNullable<Rule['where']> = {}): NonNullable<Probe['use']> {
  const [application = ''] = applications ?? []
  return {
    application,
    name: application === '' ? 'an application' : application,
    path: paths?.[0]?.replaceAll('*', '') ?? '/',
    method: methods?.[0] ?? 'GET',
  }
}
