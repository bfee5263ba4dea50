import { Accordion, Alert, Box, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { testQuery } from './upstream-queries.ts'

/** What a test sign-in brought: what it would mean here, and folded away the words of the other place as they came. */
export function TestedPlace({ ticket, onClose }: { ticket: string; onClose: () => void }) {
  const { data, error } = useQuery(testQuery(ticket))
  if (error) return <ProblemAlert error={error} action={<Close onClose={onClose} />} />
  if (!data) return <RowSkeletons rows={2} />
  if (data.problem !== null)
    return (
      <Alert
        color="red"
        variant="light"
        icon={<IconAlertTriangle />}
        title="The test did not come through"
        role="alert"
      >
        <Stack gap="xs" align="flex-start">
          <Text size="sm">{data.problem}</Text>
          <Close onClose={onClose} />
        </Stack>
      </Alert>
    )
  return (
    <Paper withBorder p="md">
      <Section title="What the test brought">
        <Group gap="xs">
          <IconCheck size={18} color="var(--mantine-color-green-text)" aria-hidden />
          <Text>It signs what it says as it should. Nobody was signed in.</Text>
        </Group>
        <FactList label="What it means here">
          {data.reading.map(({ label, value }) => (
            <Fact key={label} label={label}>
              {value}
            </Fact>
          ))}
        </FactList>
        <Accordion variant="separated" chevronPosition="left">
          <Accordion.Item value="claims">
            <Accordion.Control>What it said, word for word</Accordion.Control>
            <Accordion.Panel>
              <Box
                component="pre"
                tabIndex={0}
                aria-label="What it said, word for word"
                ff="monospace"
                fz="sm"
                m={0}
                style={{ overflowX: 'auto' }}
              >
                {data.claims}
              </Box>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <Close onClose={onClose} />
      </Section>
    </Paper>
  )
}

const Close = ({ onClose }: { onClose: () => void }) => (
  <div>
    <Button size="xs" variant="default" onClick={onClose}>
      Close
    </Button>
  </div>
)
