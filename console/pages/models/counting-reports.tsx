import { Button, Checkbox, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useId, useState } from 'react'
import { reportLabel, reports } from '../../ui/report-words.ts'

interface CountingReportsProps {
  /** What counts now, or would by a draft that is not saved. */
  standing: readonly string[]
  onReview: (statuses: string[]) => void
}

/** Which reports of FIDO take a model's good name. A change is reviewed before the tap, like any guardrail. */
export function CountingReports({ standing, onReview }: CountingReportsProps) {
  const id = useId()
  const [chosen, setChosen] = useState([...standing])
  const offered = [...new Set([...Object.keys(reports), ...standing])]
  const hasChanged = chosen.length !== standing.length || chosen.some((status) => !standing.includes(status))
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack>
        <Title order={2} id={id}>
          Reports that count against a model
        </Title>
        <Text size="sm" c="dimmed">
          FIDO reports what is wrong with a model. A key of a model with a report that counts is not registered, and one
          that is registered already counts for no more than a synced passkey, at once.
        </Text>
        <Checkbox.Group value={chosen} onChange={setChosen} aria-labelledby={id}>
          <Stack gap="sm">
            {offered.map((status) => (
              <Checkbox
                key={status}
                value={status}
                label={reportLabel(status)}
                description={
                  <>
                    {reports[status]?.means} <Code fz={11}>{status}</Code>
                  </>
                }
              />
            ))}
          </Stack>
        </Checkbox.Group>
        {hasChanged && (
          <Group gap="xs">
            <Button onClick={() => onReview(offered.filter((status) => chosen.includes(status)))}>
              Review the change
            </Button>
            <Button variant="default" onClick={() => setChosen([...standing])}>
              Put it back
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  )
}
