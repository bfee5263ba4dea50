import { Anchor, Button, Group, Progress, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { paths } from '../../paths.ts'
import { useUrlQuery } from '../../url-state.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { exportLedger, type ExportProgress } from './export-ledger.ts'

/** Which days, then a tap; the file grows while it is told how far it is. Begins with the days of the filters. */
export function ExportForm({ onClose }: { onClose: () => void }) {
  const query = useUrlQuery()
  const [from, setFrom] = useState(query['from'] ?? '')
  const [to, setTo] = useState(query['to'] ?? '')
  const [progress, setProgress] = useState<ExportProgress | null>(null)
  const leaving = useRef(new AbortController())
  useEffect(() => {
    const here = new AbortController()
    leaving.current = here
    return () => here.abort()
  }, [])
  const act = useMutation({
    mutationFn: () => exportLedger({ from, to }, { onProgress: setProgress, signal: leaving.current.signal }),
    onSettled: () => setProgress(null),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        act.mutate()
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          One line of JSON for each event, oldest first, with the exact bytes that were recorded. Usernames stand in it;
          people’s own names and addresses only as salted hashes.
        </Text>
        <Text size="sm" c="dimmed">
          To show later that nothing in it was changed,{' '}
          <Anchor href="/ledger/checkpoint" download="checkpoint" inherit>
            save the checkpoint
          </Anchor>{' '}
          first, and <Anchor href={paths.guide('verify#the-ledger')}>keep the key</Anchor>.
        </Text>
        <SimpleGrid cols={2}>
          <Day label="From" note="Empty: the start" value={from} onChange={setFrom} />
          <Day label="To" note="Empty: now" value={to} onChange={setTo} />
        </SimpleGrid>
        <ProblemAlert error={act.error} />
        {progress && (
          <Stack gap={6}>
            <Progress value={(100 * progress.done) / Math.max(1, progress.total)} aria-label="How much has come" />
            <Text size="sm" role="status">
              {progress.done.toLocaleString()} of {progress.total.toLocaleString()} events
            </Text>
          </Stack>
        )}
        {act.isSuccess && (
          <Text size="sm" role="status">
            {act.data.toLocaleString()} events are in your downloads.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {act.isPending ? 'Stop' : 'Close'}
          </Button>
          <Button type="submit" loading={act.isPending}>
            Export with a tap
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface DayProps {
  label: string
  note: string
  value: string
  onChange: (day: string) => void
}

const Day = ({ label, note, value, onChange }: DayProps) => (
  <TextInput
    type="date"
    label={label}
    description={note}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
)
