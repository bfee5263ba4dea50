import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useModelNames } from '../../api/models.ts'
import { paths } from '../../paths.ts'
import { uncapital } from '../../ui/plain-words.ts'
import type { RuleEdit } from './policy-edits.ts'
import { modelTerms, type NameModel, ruleSentence } from './rule-sentence.ts'
import { stateWords } from './rule-state.tsx'

const kindWords = { added: 'New', changed: 'Changed', removed: 'Removed' }

interface EditCardProps {
  edit: RuleEdit
  problems?: string[]
  /** Where it is still a draft. */
  onLeaveOut?: (() => void) | undefined
  isDraft?: boolean
}

/** One rule before and after, each in a sentence. */
export function EditCard({ edit: { id, kind, before, after }, problems = [], onLeaveOut, isDraft }: EditCardProps) {
  const title = after?.title ?? before?.title ?? id
  const nameOf = useModelNames([before, after].flatMap((rule) => (rule ? modelTerms(rule) : [])))
  const [was, is] = [before && said(before, nameOf), after && said(after, nameOf)]
  return (
    <Paper withBorder p="md" component="li" style={{ listStyle: 'none' }}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs" miw={0}>
            <Badge variant="light" tt="none" fw={500}>
              {kindWords[kind]}
            </Badge>
            <Title order={3} size="md" style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
          </Group>
          {isDraft && (
            <Group gap="sm">
              {after && (
                <Anchor href={paths.guardrail(id)} size="sm" aria-label={`Edit: ${title}`}>
                  Edit
                </Anchor>
              )}
              {onLeaveOut && (
                <Button size="compact-sm" variant="default" onClick={onLeaveOut} aria-label={`Leave out: ${title}`}>
                  Leave out
                </Button>
              )}
            </Group>
          )}
        </Group>
        {before && after && was?.title !== is?.title && <Before>Its title: {before.title}</Before>}
        {was && was.sentence !== is?.sentence && <Before>{was.sentence}</Before>}
        {is && <Text style={{ overflowWrap: 'anywhere' }}>{is.sentence}</Text>}
        <Text size="sm" c="dimmed">
          {stateChange(was?.state, is?.state)}
        </Text>
        {problems.map((message) => (
          <Alert key={message} role="alert" color="red" icon={<IconAlertTriangle />} p="xs">
            {message}
          </Alert>
        ))}
      </Stack>
    </Paper>
  )
}

function stateChange(was: string | undefined, is: string | undefined): string {
  if (is === undefined) return 'No longer there'
  if (was === undefined) return `Once saved: ${uncapital(is)}`
  return was === is ? is : `${was} before, then: ${uncapital(is)}`
}

const said = (rule: NonNullable<RuleEdit['after']>, nameOf: NameModel) => ({
  title: rule.title,
  sentence: ruleSentence(rule, nameOf),
  state: stateWords(rule),
})

const Before = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
    Before: <s>{children}</s>
  </Text>
)
