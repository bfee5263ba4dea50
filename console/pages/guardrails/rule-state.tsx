import { Badge } from '@mantine/core'
import type { Rule } from '../../api/shapes.ts'
import { dayWords } from '../../ui/plain-words.ts'

/** How a rule stands, in words; none is not there at all. */
export function stateWords(rule: Pick<Rule, 'mode' | 'enforceFrom'> | undefined, now = Date.now()): string {
  if (!rule || rule.mode === 'off') return 'Off'
  if (rule.mode === 'report') return 'Report only'
  return rule.enforceFrom !== undefined && rule.enforceFrom > now ? `On from ${dayWords(rule.enforceFrom)}` : 'On'
}

export const RuleState = ({ rule }: { rule: Pick<Rule, 'mode' | 'enforceFrom'> | undefined }) => (
  <Badge variant={rule?.mode === 'enforce' ? 'light' : 'default'} tt="none" fw={500}>
    {stateWords(rule)}
  </Badge>
)
