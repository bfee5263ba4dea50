import { Button, Grid, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useModelNames } from '../../api/models.ts'
import type { Rule } from '../../api/shapes.ts'
import { FoldOnPhone } from '../../ui/fold-on-phone.tsx'
import { Section } from '../../ui/section.tsx'
import { partsOf } from './act-parts.ts'
import { FormActs } from './form-acts.tsx'
import { FormAsks } from './form-asks.tsx'
import { FormMode } from './form-mode.tsx'
import { FormPermits } from './form-permits.tsx'
import { FormWhere } from './form-where.tsx'
import { FormWho } from './form-who.tsx'
import { modelTerms, type NameModel, ruleSentence } from './rule-sentence.ts'
import { ruleGaps, tidyRule } from './tidy-rule.ts'

interface RuleFormProps {
  initial: Rule
  onReview: (rule: Rule) => void
  /** Where there is something to take away. */
  onRemove?: (() => void) | undefined
}

/** Who, doing what, where, must prove it how. Beside it stands what that means, in a sentence. */
export function RuleForm({ initial, onReview, onRemove }: RuleFormProps) {
  const [rule, setRule] = useState(initial)
  const [isChecked, setChecked] = useState(false)
  const change = (part: Partial<Rule>) => setRule((before) => ({ ...before, ...part }))
  const parts = partsOf(rule.does)
  const nameOf = useModelNames(modelTerms(rule))
  const gaps = ruleGaps(rule)
  const shown = isChecked ? gaps : {}
  const isWhole = Object.keys(gaps).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (isWhole) onReview(tidyRule(rule))
  }
  return (
    <form onSubmit={submit} noValidate>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="xl">
            <TextInput
              label="Title"
              description="What people read when it stops them"
              placeholder="Hardware keys for releases"
              maxLength={120}
              value={rule.title}
              onChange={({ currentTarget: { value } }) => change({ title: value })}
              error={shown.title}
            />
            <Stack gap="sm">
              <FormWho value={rule.who} onChange={(who) => change({ who })} error={shown.who} />
              {!rule.permits && <FormActs value={rule.does} onChange={(does) => change({ does })} error={shown.does} />}
            </Stack>
            {rule.permits && (
              <Section title="It permits">
                <FormPermits permits={rule.permits} onChange={(permits) => change({ permits })} />
              </Section>
            )}
            {!rule.permits && parts.size > 0 && (
              <>
                <Section title="It asks">
                  <FormAsks
                    requires={rule.requires}
                    does={rule.does}
                    parts={parts}
                    onChange={(requires) => change({ requires })}
                    error={shown.requires}
                  />
                </Section>
                <Section title="Where">
                  <FoldOnPhone
                    label="Narrow it down"
                    isUsed={Object.values(rule.where ?? {}).some((list) => list.length > 0)}
                  >
                    <FormWhere where={rule.where ?? {}} parts={parts} onChange={(where) => change({ where })} />
                  </FoldOnPhone>
                </Section>
              </>
            )}
            {!rule.permits && <FormMode rule={rule} onChange={(next) => setRule((before) => withMode(before, next))} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Paper
            withBorder
            p="md"
            pos={{ base: 'static', md: 'sticky' }}
            top={16}
            component="aside"
            aria-label="What this rule means"
          >
            <Stack>
              <Text fw={600}>In plain words</Text>
              <Text role="status" style={{ overflowWrap: 'anywhere' }}>
                {meaning(rule, gaps, nameOf)}
              </Text>
              {isChecked && !isWhole && (
                <Text size="sm" c="var(--mantine-color-error)" role="alert">
                  {Object.values(gaps).join('. ')}.
                </Text>
              )}
              <Group gap="xs">
                <Button type="submit">Review the change</Button>
                {onRemove && (
                  <Button variant="default" onClick={onRemove}>
                    Remove the rule
                  </Button>
                )}
              </Group>
              <Text size="sm" c="dimmed">
                Nothing is saved yet: next you see whom it concerns.
              </Text>
            </Stack>
          </Paper>
        </Grid.Col>
      </Grid>
    </form>
  )
}

function withMode(rule: Rule, mode: Pick<Rule, 'mode' | 'enforceFrom' | 'graceDays'>): Rule {
  const { enforceFrom: _from, graceDays: _days, ...rest } = rule
  return { ...rest, ...mode }
}

function meaning(rule: Rule, gaps: ReturnType<typeof ruleGaps>, nameOf: NameModel): string {
  const missing = gaps.who ?? gaps.does ?? gaps.requires
  if (missing) return `${missing}, and the rule is said here.`
  const sentence = ruleSentence(tidyRule(rule), nameOf)
  if (rule.mode === 'report') return `${sentence} It is only reported for now.`
  return rule.mode === 'off' ? `${sentence} It is switched off.` : sentence
}
