import { Paper, Stack, Switch, Title } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import { settingOf, settingsQuery } from '../../api/settings.ts'
import { useMe } from '../../api/use-me.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** What becomes of a key that may have been copied. It stands in the audit whatever is chosen. */
export function CopiedKeys() {
  const id = useId()
  const isOwner = useMe().role === 'owner'
  const { data } = useSuspenseQuery(settingsQuery)
  const change = useMutation({
    mutationFn: (value: boolean) => api.put('/settings/refuseCopiedPasskeys', { value }),
    onSuccess: () => refresh('/settings'),
  })
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack>
        <Title order={2} id={id}>
          Keys that may have been copied
        </Title>
        <Switch
          label="Refuse a passkey that counts backwards"
          description={`Many hardware keys count their uses. A count that goes back means that somebody may have a copy; the audit says so in any case. Refused, only the key that counts on still works.${isOwner ? '' : ' Only an owner can change this.'}`}
          checked={settingOf(data, 'refuseCopiedPasskeys') === true}
          disabled={!isOwner || change.isPending}
          onChange={({ currentTarget: { checked } }) => change.mutate(checked)}
        />
        <ProblemAlert error={change.error} />
      </Stack>
    </Paper>
  )
}
