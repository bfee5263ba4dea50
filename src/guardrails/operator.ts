import type { Database } from '../database/handles.ts'
import type { PolicyChangeTable } from '../database/schema.ts'
import { addChange } from './changes.ts'
import { findCurrent, policyOf } from './in-force.ts'

export interface GuardrailsShown {
  version: number
  rules: { id: string; title: string; mode: 'enforce' | 'report' | 'off'; enforceFrom: number | null }[]
}

export async function showGuardrails({ read }: Pick<Database, 'read'>): Promise<GuardrailsShown> {
  const current = await findCurrent(read)
  const { rules } = policyOf(current)
  return {
    version: current?.version ?? 0,
    rules: rules.map(({ id, title, mode, enforceFrom = null }) => ({ id, title, mode, enforceFrom })),
  }
}

/**
 * Switches rules off by the word of whoever has the machine: the way back where rules keep every administrator out.
 * They stay in the policy, to be switched on again. @throws RangeError where no rule has this id
 */
export async function switchOff(database: Database, id: string | undefined, at: number): Promise<PolicyChangeTable> {
  return database.write(async (tx) => {
    const current = await findCurrent(tx)
    const policy = policyOf(current)
    if (id !== undefined && !policy.rules.some((rule) => rule.id === id))
      throw new RangeError(`There is no guardrail ${id}. There are: ${policy.rules.map((rule) => rule.id).join(', ')}.`)
    const rules = policy.rules.map((rule) =>
      id === undefined || rule.id === id ? { ...rule, mode: 'off' as const } : rule,
    )
    const basedOn = current?.version ?? 0
    return addChange(tx, { basedOn, policy: { ...policy, rules }, caller: null, seal: null, at }, 'applied')
  })
}
