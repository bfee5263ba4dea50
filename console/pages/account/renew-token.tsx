import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApiTokenMade, ApiTokenView, TokenRotation } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useTokenLifetimes } from './token-lifetimes.ts'

const overlaps = [
  { value: '0', label: 'At once' },
  { value: '1', label: 'After a day at the latest' },
  { value: '7', label: 'After 7 days at the latest' },
  { value: '30', label: 'After 30 days at the latest' },
]

interface RenewTokenProps {
  token: ApiTokenView
  /** Where the API has it: `/me/tokens`, or an agent's. */
  list: string
  onMade: (made: ApiTokenMade) => void
}

/** A new secret for a token; what it may stays as it is. */
export function RenewToken({ token, list, onMade }: RenewTokenProps) {
  const lifetimes = useTokenLifetimes({ isOwn: list === '/me/tokens' })
  const [isAsking, setAsking] = useState(false)
  const [days, setDays] = useState('30')
  const [overlap, setOverlap] = useState('7')
  const renew = useMutation({
    mutationFn: () =>
      api.post<ApiTokenMade>(`${list}/${token.id}/rotate`, {
        expiresInDays: Number(days),
        overlapDays: Number(overlap),
      } satisfies TokenRotation),
    onSuccess: async (made) => {
      setAsking(false)
      onMade(made)
      await refresh(list)
    },
  })
  const close = () => {
    renew.reset()
    setAsking(false)
  }
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        New secret
      </Button>
      <Modal opened={isAsking} onClose={close} title={`A new secret for “${token.name}”`} centered>
        <Stack>
          <Text>What it may, and where, stays as it is. Put the new secret wherever the former one is.</Text>
          <Select
            label="It ends after"
            data={lifetimes}
            allowDeselect={false}
            value={days}
            onChange={(value) => setDays(value ?? days)}
          />
          <Select
            label="The former secret ends"
            description="In any case as soon as the new one is used"
            data={overlaps}
            allowDeselect={false}
            value={overlap}
            onChange={(value) => setOverlap(value ?? overlap)}
          />
          <ProblemAlert error={renew.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={renew.isPending}>
              Cancel
            </Button>
            <Button loading={renew.isPending} onClick={() => renew.mutate()}>
              Make it with a tap
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
