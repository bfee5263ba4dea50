import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { policyQuery } from '../../api/policy.ts'
import { hasCode } from '../../api/problem.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { PolicyChanged } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo } from '../../url-state.ts'
import type { Draft } from './draft.ts'
import { isSame, listEdits } from './policy-edits.ts'
import { reportFirst } from './report-first.ts'

interface SaveDraftProps {
  draft: Draft
  /** Why it cannot be saved yet. */
  reason: string | null
  /** It cannot be saved as it is, however long one waits. */
  hasProblems: boolean
  onChange: (draft: Draft | null) => void
}

/** The tap that puts it in force. Somebody else may have been quicker: then the draft stays, and the page says so. */
export function SaveDraft({ draft, reason, hasProblems, onChange }: SaveDraftProps) {
  const go = useGo()
  const save = useMutation({
    mutationFn: async () => {
      // Nobody should tap for what the server would refuse.
      const { version } = await queryClient.fetchQuery({ ...policyQuery, staleTime: 0 })
      if (version !== draft.basedOn) return null
      return api.put<PolicyChanged>('/policy', { basedOn: draft.basedOn, policy: draft.policy })
    },
    onSuccess: async (changed) => {
      if (!changed) return
      const { change } = changed
      await refresh('/policy')
      go(change.state === 'waiting' ? paths.guardrailChange(change.id) : paths.guardrails({ saved: change.version }))
      onChange(null)
    },
    onError: (error) => {
      if (hasCode(error, 'policy-moved')) void queryClient.invalidateQueries({ queryKey: policyQuery.queryKey })
    },
  })
  const gentle = reportFirst(draft)
  const isSameAsNow = listEdits(draft.base, draft.policy).length === 0 && isSame(draft.base, draft.policy)
  const blocked = isSameAsNow ? 'Nothing would change' : reason
  return (
    <Stack gap="sm">
      {!hasCode(save.error, 'policy-moved') && <ProblemAlert error={save.error} />}
      <Group gap="xs">
        <ReasonedButton reason={blocked} loading={save.isPending} onClick={() => save.mutate()}>
          Save with a tap
        </ReasonedButton>
        <ReasonedButton
          // The way on where it cannot be saved as it is.
          variant={hasProblems && gentle ? 'filled' : 'default'}
          reason={gentle ? null : 'Nothing here begins to be enforced'}
          onClick={() => gentle && onChange(gentle)}
        >
          Report only first
        </ReasonedButton>
        <Button variant="default" onClick={() => history.back()}>
          Back
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            onChange(null)
            go(paths.guardrails())
          }}
        >
          Discard
        </Button>
      </Group>
      {blocked !== null && (
        <Text size="sm" c="dimmed">
          {blocked}.
        </Text>
      )}
    </Stack>
  )
}
