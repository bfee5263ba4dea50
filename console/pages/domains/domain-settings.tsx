import { Button, Group, NumberInput, Stack, Switch } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, instanceQuery, queryClient, refresh } from '../../api/queries.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface Setting {
  name: string
  value: unknown
}

const settingsQuery = getQuery<{ items: Setting[] }>('/settings')

/** How long people have to object, and whether anybody may register themselves. */
export function DomainSettings({ isOwner }: { isOwner: boolean }) {
  const { data } = useSuspenseQuery(settingsQuery)
  const valueOf = (name: string) => data.items.find((setting) => setting.name === name)?.value
  const graceDays = Number(valueOf('domainGraceDays'))
  const [days, setDays] = useState<number | string>(graceDays)
  const change = useMutation({
    mutationFn: ({ name, value }: Setting) => api.put<Setting>(`/settings/${name}`, { value }),
    onSuccess: () =>
      Promise.all([refresh('/settings'), refresh('/directory'), queryClient.invalidateQueries(instanceQuery)]),
  })
  const why = isOwner ? '' : ' Only an owner can change this.'
  return (
    <Stack>
      <Switch
        label="Anybody may register themselves"
        description={`By a letter to their address: with one at a verified domain as a member, with any other as a guest for a time.${why}`}
        checked={valueOf('selfRegistration') === true}
        disabled={!isOwner || change.isPending}
        onChange={({ currentTarget: { checked } }) => change.mutate({ name: 'selfRegistration', value: checked })}
      />
      <Group align="flex-end" gap="sm">
        <NumberInput
          label="Days to object"
          description={`How long before somebody who was told is managed.${why}`}
          min={1}
          max={90}
          allowDecimal={false}
          value={days}
          onChange={setDays}
          disabled={!isOwner}
          w={320}
          maw="100%"
        />
        {Number(days) !== graceDays && (
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ name: 'domainGraceDays', value: Number(days) })}
          >
            Save with a tap
          </Button>
        )}
      </Group>
      <ProblemAlert error={change.error} />
    </Stack>
  )
}
