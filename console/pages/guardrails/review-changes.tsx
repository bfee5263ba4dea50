import { Alert, SimpleGrid, Stack } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Explanation } from '../../api/shapes.ts'
import { Section } from '../../ui/section.tsx'
import { type Draft, draftRule } from './draft.ts'
import { EditCard } from './edit-card.tsx'
import { isSame, listEdits, statuses } from './policy-edits.ts'
import { ReportChanges } from './report-changes.tsx'

interface ReviewChangesProps {
  draft: Draft
  problems: Explanation['problems']
  onChange: (draft: Draft) => void
}

/** The rules that change, and beside each what is wrong with it. */
export function ReviewChanges({ draft, problems, onChange }: ReviewChangesProps) {
  const edits = listEdits(draft.base, draft.policy)
  const hasReports = !isSame(statuses(draft.base), statuses(draft.policy))
  const edited = new Set(edits.map(({ id }) => id))
  const elsewhere = problems.filter(({ rule }) => !edited.has(rule) && draft.policy.rules.some(({ id }) => id === rule))
  const messagesOf = (id: string) => problems.filter(({ rule }) => rule === id).map(({ message }) => message)
  return (
    <Section title="What changes">
      <Stack gap="sm">
        {edits.length === 0 && !hasReports && (
          <Alert color="gray" icon={<IconInfoCircle />}>
            Nothing: this is what is in force already.
          </Alert>
        )}
        {elsewhere.map(({ rule, message }) => (
          <Alert key={message} role="alert" color="red" title={draft.policy.rules.find(({ id }) => id === rule)?.title}>
            {message}
          </Alert>
        ))}
        {edits.length > 0 && (
          <SimpleGrid
            component="ul"
            aria-label="Rules that change"
            cols={{ base: 1, lg: edits.length > 1 ? 2 : 1 }}
            spacing="sm"
            m={0}
            p={0}
          >
            {edits.map((edit) => (
              <EditCard
                key={edit.id}
                edit={edit}
                problems={messagesOf(edit.id)}
                onLeaveOut={edits.length > 1 ? () => onChange(draftRule(draft, edit.id, edit.before)) : undefined}
                isDraft
              />
            ))}
          </SimpleGrid>
        )}
        <ReportChanges before={draft.base} after={draft.policy} isDraft />
      </Stack>
    </Section>
  )
}
