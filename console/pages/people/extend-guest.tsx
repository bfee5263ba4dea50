import { Button, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { Person } from '../../api/shapes.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { DayInput, dayText, endOfDay } from './day-input.tsx'

/** Moves the day on which a guest's access ends. */
export function ExtendGuest({ person }: { person: Person }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Extend
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Prolong the access of ${person.displayName}`}>
        <ExtendForm person={person} onDone={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function ExtendForm({ person, onDone }: { person: Person; onDone: () => void }) {
  const days = useQuery(getQuery<{ days: number }>('/guests/days')).data?.days
  const latest = dayText(Date.now() + (days ?? 1) * 86_400_000)
  const { form, act, onSubmit } = useActForm({
    initialValues: { until: '' },
    act: ({ until }) =>
      api.post<Person>(`/people/${person.username}/extend`, until === '' ? {} : { endsAt: endOfDay(until) }),
    onDone: async () => {
      onDone()
      await Promise.all([refresh('/people'), refresh('/guests')])
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {person.endsAt !== null && (
          <Text>
            {person.state === 'ended' ? 'Their access ended on ' : 'It ends by itself on '}
            {dayWords(person.endsAt)}.
            {person.state === 'ended' && ' It comes back with their passkeys; they sign in again.'}
          </Text>
        )}
        <DayInput
          label="Until"
          description={days === undefined ? ' ' : `At most ${days} days from now`}
          max={latest}
          {...form.getInputProps('until')}
          value={form.values.until || (days === undefined ? '' : latest)}
        />
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Prolong with a tap
        </Button>
      </Stack>
    </form>
  )
}
