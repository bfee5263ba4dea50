import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconGitMerge } from '@tabler/icons-react'
import type { PolicyView } from '../../api/shapes.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { type Draft, onTopOf } from './draft.ts'
import { EditCard } from './edit-card.tsx'
import { listClashes, listEdits } from './policy-edits.ts'
import { ReportChanges } from './report-changes.tsx'

interface MovedPanelProps {
  draft: Draft
  view: PolicyView
  onRebased: (draft: Draft) => void
}

/** Somebody saved first. Nothing of the draft is lost: it is reviewed again on top of theirs. */
export function MovedPanel({ draft, view, onRebased }: MovedPanelProps) {
  const edits = listEdits(draft.base, view.policy)
  const clashes = listClashes(draft.base, draft.policy, view.policy)
  const titleOf = (id: string) =>
    [...draft.policy.rules, ...view.policy.rules].find((rule) => rule.id === id)?.title ?? id
  return (
    <Alert
      role="alert"
      color="yellow"
      icon={<IconGitMerge />}
      title={`${view.changedBy?.displayName ?? 'The operator'} changed the guardrails in the meantime`}
    >
      <Stack gap="sm">
        <Text size="sm">
          Version {view.version} is in force{' '}
          {view.changedAt !== null && (
            <>
              since <TimeAgo at={view.changedAt} />
            </>
          )}
          ; yours was made from version {draft.basedOn}. Your changes are still here.
        </Text>
        <Stack component="ul" aria-label="What was changed meanwhile" gap="xs" m={0} p={0}>
          {edits.map((edit) => (
            <EditCard key={edit.id} edit={edit} />
          ))}
        </Stack>
        <ReportChanges before={draft.base} after={view.policy} />
        {clashes.length > 0 && (
          <Text size="sm">
            Both of you changed {clashes.map((id) => `“${titleOf(id)}”`).join(', ')}: yours would replace theirs.
          </Text>
        )}
        <Group>
          <Button onClick={() => onRebased(onTopOf(view, draft))}>Review again on top of it</Button>
        </Group>
      </Stack>
    </Alert>
  )
}
