import { Stack, Switch } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { instanceQuery, queryClient, refresh } from '../../api/queries.ts'
import { settingOf, settingsQuery } from '../../api/settings.ts'
import { SettingNumber } from '../../forms/setting-number.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** How long people have to object, and whether anybody may register themselves. */
export function DomainSettings({ isOwner }: { isOwner: boolean }) {
  const { data } = useSuspenseQuery(settingsQuery)
  const change = useMutation({
    mutationFn: (value: boolean) => api.put('/settings/selfRegistration', { value }),
    onSuccess: () => Promise.all([refresh('/settings'), queryClient.invalidateQueries(instanceQuery)]),
  })
  return (
    <Stack>
      <Switch
        label="Anybody may register themselves"
        description={`By a letter to their address: with one at a verified domain as a member, with any other as a guest for a time.${isOwner ? '' : ' Only an owner can change this.'}`}
        checked={settingOf(data, 'selfRegistration') === true}
        disabled={!isOwner || change.isPending}
        onChange={({ currentTarget: { checked } }) => change.mutate(checked)}
      />
      <ProblemAlert error={change.error} />
      <SettingNumber
        name="domainGraceDays"
        label="Days to object"
        description="How long before somebody who was told is managed."
        min={1}
        max={90}
        alsoRefresh="/directory"
      />
    </Stack>
  )
}
