import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconEyeCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { askForTap } from '../../api/step-up.ts'
import type { Facts, PullRequestView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { exactTime } from '../../ui/relative-time.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** It was merged past the branch's rule: loud, until a second person has looked at it and said so with a tap. */
export function BypassBanner({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const { bypass } = pullRequest
  const confirm = useMutation({
    mutationFn: async () => {
      const asked = await api.post<{ sealRequestId: string; facts: Facts }>(`${place.pullApi}/confirmation`)
      await askForTap(asked.sealRequestId)
      await refreshPullRequest(place)
    },
  })
  if (bypass === null) return null
  const { reason, by, confirmBy, confirmedBy, confirmedAt, isOverdue, confirmRefusal } = bypass
  const why = (
    <Text size="sm">
      {by.displayName} gave this reason: {reason}
    </Text>
  )
  if (confirmedBy)
    return (
      <Alert
        variant="light"
        color="gray"
        mb="md"
        icon={<IconEyeCheck />}
        title="Merged past the rule, and looked at since"
      >
        {why}
        <Text size="sm">
          {confirmedBy.displayName} looked at it and tapped
          {confirmedAt !== null && (
            <>
              , <TimeAgo at={confirmedAt} />
            </>
          )}
          .
        </Text>
      </Alert>
    )
  return (
    <Alert
      variant="light"
      color={isOverdue ? 'red' : 'yellow'}
      mb="md"
      icon={<IconAlertTriangle />}
      title={isOverdue ? 'Merged past the rule, and nobody looked at it in time' : 'Merged past the rule'}
    >
      <Stack gap="xs" align="flex-start">
        {why}
        <Text size="sm">
          A second person {isOverdue ? 'had to' : 'must'} look at it and say so with a tap by {exactTime(confirmBy)}.
        </Text>
        <ProblemAlert error={confirm.error} />
        <ReasonedButton size="xs" reason={confirmRefusal} loading={confirm.isPending} onClick={() => confirm.mutate()}>
          I looked at it: confirm with a tap
        </ReasonedButton>
        {confirmRefusal !== null && (
          <Text size="sm" c="dimmed">
            {confirmRefusal}
          </Text>
        )}
      </Stack>
    </Alert>
  )
}
