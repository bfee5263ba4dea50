import { Box, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { ownRequirementsQuery } from '../../api/policy.ts'
import type { OwnRequirements } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { DeadlineAlert } from '../../ui/deadline-alert.tsx'
import { capital } from '../../ui/plain-words.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { StrengthMeter } from '../../ui/strength-meter.tsx'
import { byTopic } from './act-topics.ts'

type Act = OwnRequirements['acts'][number]

/** What my keys allow me, what they do not, and what will be asked. */
export function AllowedTab() {
  const { data } = useSuspenseQuery(ownRequirementsQuery)
  const missing = data.acts.filter(({ isAllowed }) => !isAllowed)
  const allowed = Map.groupBy(
    data.acts.filter(({ isAllowed }) => isAllowed),
    ({ passkeys }) => passkeys.join(', '),
  )
  return (
    <Stack gap="xl" maw={1080}>
      <Section title="Your strongest key">
        <StrengthMeter strength={data.strength} />
      </Section>
      {data.upcoming.map(({ rule, sentence, enforceFrom }) => (
        <DeadlineAlert key={rule.id} at={enforceFrom} sentence={sentence} href={paths.addPasskey} />
      ))}
      {missing.length > 0 && (
        <Section
          title="What is missing"
          action={
            <Button component="a" href={paths.addPasskey} size="xs">
              Add a key
            </Button>
          }
        >
          <RowList label="What your keys do not allow">
            {missing.map((act) => (
              <MissingAct key={act.words} act={act} />
            ))}
          </RowList>
        </Section>
      )}
      <Section title="What you can do">
        {[...allowed].map(([passkeys, acts]) => (
          <AllowedActs key={passkeys} passkeys={passkeys} acts={acts} />
        ))}
      </Section>
    </Stack>
  )
}

const MissingAct = ({ act: { words, sentence } }: { act: Act }) => (
  <Group wrap="nowrap" align="flex-start" gap="sm">
    <IconX size={18} aria-hidden color="var(--mantine-color-error)" style={{ flexShrink: 0, marginTop: 3 }} />
    <Stack gap={0} miw={0}>
      <Text style={{ overflowWrap: 'anywhere' }}>{capital(words)}</Text>
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
    </Stack>
  </Group>
)

/** Acts that the same keys allow, said once. */
const AllowedActs = ({ passkeys, acts }: { passkeys: string; acts: Act[] }) => (
  <Paper withBorder p="md">
    <Stack gap="sm">
      <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
        {passkeys ? `With ${passkeys}` : 'Without a key'}
      </Text>
      <Box style={{ columnWidth: 300, columnGap: 'var(--mantine-spacing-lg)' }}>
        {byTopic(acts).map((topic) => (
          <Topic key={topic.title} {...topic} />
        ))}
      </Box>
    </Stack>
  </Paper>
)

function Topic({ title, acts }: { title: string; acts: Act[] }) {
  const id = useId()
  return (
    <Stack gap={6} pb="lg" style={{ breakInside: 'avoid' }}>
      <Text size="sm" c="dimmed" id={id}>
        {title}
      </Text>
      <Stack component="ul" gap={6} m={0} p={0} aria-labelledby={id}>
        {acts.map(({ words }) => (
          <Group key={words} component="li" wrap="nowrap" align="flex-start" gap={8}>
            <IconCheck size={16} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} />
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {capital(words)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Stack>
  )
}
