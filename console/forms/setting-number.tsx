import { Button, Group, NumberInput } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { api } from '../api/client.ts'
import { refresh } from '../api/queries.ts'
import { settingOf, settingsQuery } from '../api/settings.ts'
import { useMe } from '../api/use-me.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface SettingNumberProps {
  /** As the API calls it. */
  name: string
  label: string
  description: string
  min: number
  max: number
  /** What else depends on it, by the beginning of its path. */
  alsoRefresh?: string
  /** What must be said about a value before it is saved. */
  remark?: (value: number) => ReactNode
}

/** One number that owners set for the organisation, with a tap. Others see it. */
export function SettingNumber({ name, label, description, min, max, alsoRefresh, remark }: SettingNumberProps) {
  const isOwner = useMe().role === 'owner'
  const { data } = useSuspenseQuery(settingsQuery)
  const set = Number(settingOf(data, name))
  const [typed, setTyped] = useState<number | string>(set)
  const change = useMutation({
    mutationFn: () => api.put(`/settings/${name}`, { value: Number(typed) }),
    onSuccess: () => Promise.all([refresh('/settings'), ...(alsoRefresh === undefined ? [] : [refresh(alsoRefresh)])]),
  })
  return (
    <>
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={label}
          description={`${description}${isOwner ? '' : ' Only an owner can change this.'}`}
          min={min}
          max={max}
          allowDecimal={false}
          value={typed}
          onChange={setTyped}
          disabled={!isOwner}
          w={420}
          maw="100%"
        />
        {typed !== '' && Number(typed) !== set && (
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate()}>
            Save with a tap
          </Button>
        )}
      </Group>
      {typed !== '' && remark?.(Number(typed))}
      <ProblemAlert error={change.error} />
    </>
  )
}
