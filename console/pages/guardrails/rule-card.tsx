import { Anchor, Badge, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core'
import { useId } from 'react'
import { useModelNames } from '../../api/models.ts'
import type { Rule, RuleCounts } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { counted } from '../../ui/plain-words.ts'
import { modelTerms, ruleSentence } from './rule-sentence.ts'
import { RuleState } from './rule-state.tsx'

interface RuleCardProps {
  /** As it is in force, or as switching it on would make it. */
  rule: Rule
  /** It stands in the policy, whatever its mode. */
  isPresent: boolean
  /** What it is good for; own rules have only their sentence. */
  why?: string
  counts: RuleCounts['items'][number] | undefined
  /** A change of it waits in this tab. */
  isInDraft: boolean
  onSwitch: (rule: Rule) => void
}

/** One guardrail. Its switch saves nothing: it opens the review of what switching would mean. */
export function RuleCard({ rule, isPresent, why, counts, isInDraft, onSwitch }: RuleCardProps) {
  const [titleId, sentenceId] = [useId(), useId()]
  const nameOf = useModelNames(modelTerms(rule))
  const isOn = isPresent && rule.mode === 'enforce'
  return (
    <Paper withBorder p="md" component="li" style={{ listStyle: 'none' }}>
      <Group wrap="nowrap" justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} miw={0}>
          <Title order={3} size="md" id={titleId} style={{ overflowWrap: 'anywhere' }}>
            {rule.title}
          </Title>
          {why && (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          )}
          <Text size="sm" id={sentenceId} style={{ overflowWrap: 'anywhere' }}>
            {ruleSentence(rule, nameOf)}
          </Text>
          <Group gap="xs" mt={6}>
            <RuleState rule={isPresent ? rule : undefined} />
            {isInDraft && (
              <Badge variant="outline" tt="none" fw={500}>
                Changed in your draft
              </Badge>
            )}
            <CountWords rule={rule} counts={counts} />
            <Anchor href={paths.guardrail(rule.id)} size="sm" aria-label={`Edit: ${rule.title}`}>
              Edit
            </Anchor>
          </Group>
        </Stack>
        <Switch
          size="md"
          checked={isOn}
          onChange={() => onSwitch({ ...rule, mode: isOn ? 'off' : 'enforce' })}
          aria-labelledby={titleId}
          aria-describedby={sentenceId}
          mt={2}
        />
      </Group>
    </Paper>
  )
}

function CountWords({ rule, counts }: Pick<RuleCardProps, 'rule' | 'counts'>) {
  const many = rule.mode === 'report' ? counts?.reported : counts?.refused
  if (!many) return null
  return (
    <Text size="sm" c="dimmed">
      {rule.mode === 'report'
        ? `${counted(many, 'act')} would have been refused in 30 days`
        : `refused, or asked more for, ${counted(many, 'time')} in 30 days`}
    </Text>
  )
}
