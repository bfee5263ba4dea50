import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconClockPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { useMaybeMe } from '../../api/use-me.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { chosenMethod, isMethod, METHODS } from './merge-methods.ts'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** Somebody wants it merged as soon as it may be: at that moment they are asked for a tap, which nobody stores before. */
export function AutoMerge({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const { autoMerge, methods, can, mergeability } = pullRequest
  const me = useMaybeMe()
  const [asked, setAsked] = useState<string | undefined>(undefined)
  const method = chosenMethod(methods, asked)
  const path = `${place.pullApi}/auto-merge`
  const change = useMutation({
    mutationFn: (isWanted: boolean) =>
      isWanted ? api.put<PullRequestView>(path, { method }) : api.delete<PullRequestView>(path),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [place.pullApi] })
      await refreshPullRequest(place)
    },
  })
  if (autoMerge) {
    const isMine = autoMerge.by.id === me?.id
    return (
      <Alert variant="light" color="postern" icon={<IconClockPlay />} title="Merges when it is ready">
        <Stack gap={6} align="flex-start">
          <Text size="sm">
            {isMine ? 'You are' : `${autoMerge.by.displayName} is`} asked for a tap at that moment (
            {METHODS[autoMerge.method].label.toLowerCase()}): it waits in {isMine ? 'your' : 'their'} inbox. Nothing
            merges without it.
          </Text>
          <ProblemAlert error={change.error} />
          {can.autoMerge && (
            <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate(false)}>
              Do not merge by itself
            </Button>
          )}
        </Stack>
      </Alert>
    )
  }
  if (!can.autoMerge || mergeability.state !== 'not-ready') return null
  const allowed = methods.filter(({ refusal }) => refusal === null)
  return (
    <Stack gap={6}>
      <Group gap="xs">
        {allowed.length > 1 && (
          <Select
            size="xs"
            w={130}
            aria-label="How to merge when ready"
            allowDeselect={false}
            value={method}
            data={allowed.map((choice) => ({ value: choice.method, label: METHODS[choice.method].label }))}
            onChange={(value) => isMethod(value ?? undefined) && setAsked(value ?? undefined)}
          />
        )}
        <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate(true)}>
          Merge when ready
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Asks for your tap at the moment everything is there.
      </Text>
      <ProblemAlert error={change.error} />
    </Stack>
  )
}
