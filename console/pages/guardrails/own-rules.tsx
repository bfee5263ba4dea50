import { Button, Text } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Section } from '../../ui/section.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { useUrlState } from '../../url-state.ts'
import { RuleList, type RuleListProps } from './rule-list.tsx'
import { ruleSentence } from './rule-sentence.ts'

/** From this many on, a field finds one. */
const MANY = 8
const PAGE = 40

/** The organisation's own rules, as the same kind of card. */
export function OwnRules({ entries, ...shared }: Omit<RuleListProps, 'label'>) {
  const [q] = useUrlState('q', '')
  const [most, setMost] = useState(PAGE)
  const wanted = q.toLowerCase()
  const found = entries.filter(({ rule }) =>
    `${rule.title} ${rule.id} ${ruleSentence(rule)}`.toLowerCase().includes(wanted),
  )
  return (
    <Section title="Your own rules">
      {entries.length === 0 && (
        <EmptyState
          title="No rules of your own yet"
          action={
            <Button component="a" href={paths.newGuardrail} variant="default">
              New rule
            </Button>
          }
        >
          Say who, doing what, where, must prove it how.
        </EmptyState>
      )}
      {entries.length > MANY && (
        <UrlTextInput
          name="q"
          aria-label="Find a rule"
          placeholder={`Find in ${entries.length} rules`}
          leftSection={<IconSearch size={16} aria-hidden />}
          maw={340}
        />
      )}
      {entries.length > 0 && found.length === 0 && <Text c="dimmed">No rule matches “{q}”.</Text>}
      {found.length > 0 && <RuleList label="Your own rules" entries={found.slice(0, most)} {...shared} />}
      <ShowMore hasMore={found.length > most} isLoading={false} onMore={() => setMost(most + PAGE)} />
    </Section>
  )
}
