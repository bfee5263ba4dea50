import { Alert, Button, Group, NumberInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import { useMe } from '../../api/use-me.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { settingsQuery } from './recovery-queries.ts'

/** How long anybody can object to a recovery; owners set it. */
export function RecoveryDelay() {
  const isOwner = useMe().role === 'owner'
  const { data } = useSuspenseQuery(settingsQuery)
  const set = Number(data.items.find(({ name }) => name === 'recoveryDelayHours')?.value ?? 24)
  const [hours, setHours] = useState<number | string>(set)
  const change = useMutation({
    mutationFn: () => api.put('/settings/recoveryDelayHours', { value: Number(hours) }),
    onSuccess: () => refresh('/settings'),
  })
  return (
    <Section title="Time to object">
      <Group align="flex-end" gap="sm">
        <NumberInput
          label="Hours"
          description={`How long any former passkey can cancel a recovery, and the link of a second person stays shut.${isOwner ? '' : ' Only an owner can change this.'}`}
          min={0}
          max={336}
          allowDecimal={false}
          value={hours}
          onChange={setHours}
          disabled={!isOwner}
          w={420}
          maw="100%"
        />
        {hours !== '' && Number(hours) !== set && (
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate()}>
            Save with a tap
          </Button>
        )}
      </Group>
      {hours !== '' && Number(hours) === 0 && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="Nobody has time to object" maw={640}>
          Without a delay a stolen code is a stolen account, and whoever talks an administrator into it is in at once.
        </Alert>
      )}
      <ProblemAlert error={change.error} />
    </Section>
  )
}
