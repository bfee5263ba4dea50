import { SimpleGrid } from '@mantine/core'
import type { Rule, RuleCounts } from '../../api/shapes.ts'
import { RuleCard } from './rule-card.tsx'

export interface RuleEntry {
  rule: Rule
  isPresent: boolean
  why?: string
}

export interface RuleListProps {
  label: string
  entries: RuleEntry[]
  counts: RuleCounts['items']
  inDraft: ReadonlySet<string>
  onSwitch: (rule: Rule) => void
}

export const RuleList = ({ label, entries, counts, inDraft, onSwitch }: RuleListProps) => (
  <SimpleGrid component="ul" aria-label={label} cols={{ base: 1, md: 2 }} spacing="sm" m={0} p={0}>
    {entries.map(({ rule, isPresent, why }) => (
      <RuleCard
        key={rule.id}
        rule={rule}
        isPresent={isPresent}
        {...(why ? { why } : {})}
        counts={counts.find((one) => one.rule === rule.id)}
        isInDraft={inDraft.has(rule.id)}
        onSwitch={onSwitch}
      />
    ))}
  </SimpleGrid>
)
