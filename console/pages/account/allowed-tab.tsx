import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconCalendarDue, IconCheck, IconX } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { ownRequirementsQuery } from '../../api/policy.ts'
import type { OwnRequirements } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { StrengthMeter } from '../../ui/strength-meter.tsx'
import { capital, dayWords } from '../../ui/plain-words.ts'

/** What my keys allow me, what they do not, and what will be asked. */
export function AllowedTab() {
  const { data } = useSuspenseQuery(ownRequirementsQuery)
  const missing = data.acts.filter(({ isAllowed }) => !isAllowed)
  const allowed = data.acts.filter(({ isAllowed }) => isAllowed)
  return (
    <Stack gap="xl" maw={820}>
      <Section title="Your strongest key">
        <StrengthMeter strength={data.strength} />
      </Section>
      {data.upcoming.map((deadline) => (
        <Deadline key={deadline.rule.id} deadline={deadline} />
      ))}
      {missing.length > 0 && (
        <Section
          title="What is missing"
          action={
            <Button component="a" href={paths.account('passkeys')} size="xs">
              Add a key
            </Button>
          }
        >
          <RowList label="What your keys do not allow">
            {missing.map((one) => (
              <ActLine key={one.words} act={one} />
            ))}
          </RowList>
        </Section>
      )}
      <Section title="What your keys allow">
        <RowList label="What your keys allow">
          {allowed.map((one) => (
            <ActLine key={one.words} act={one} />
          ))}
        </RowList>
      </Section>
    </Stack>
  )
}

const Deadline = ({ deadline: { sentence, enforceFrom } }: { deadline: OwnRequirements['upcoming'][number] }) => (
  <Alert color="yellow" icon={<IconCalendarDue />} title={`From ${dayWords(enforceFrom)} on`}>
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 260px">
        {sentence}
      </Text>
      <Button component="a" href={paths.account('passkeys')} size="xs">
        Add a key
      </Button>
    </Group>
  </Alert>
)

function ActLine({ act: { words, isAllowed, sentence, passkeys } }: { act: OwnRequirements['acts'][number] }) {
  const Icon = isAllowed ? IconCheck : IconX
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <Icon
        size={18}
        role="img"
        aria-label={isAllowed ? 'Allowed' : 'Not allowed'}
        color={isAllowed ? 'var(--mantine-color-dimmed)' : 'var(--mantine-color-error)'}
        style={{ flexShrink: 0, marginTop: 3 }}
      />
      <Stack gap={0} miw={0}>
        <Text style={{ overflowWrap: 'anywhere' }}>{capital(words)}</Text>
        {sentence && (
          <Text size="sm" c="dimmed">
            {sentence}
          </Text>
        )}
        {isAllowed && passkeys.length > 0 && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            With {passkeys.join(', ')}
          </Text>
        )}
      </Stack>
    </Group>
  )
}
