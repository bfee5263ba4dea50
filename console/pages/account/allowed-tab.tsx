import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { ownRequirementsQuery } from '../../api/policy.ts'
import type { OwnRequirements } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { DeadlineAlert } from '../../ui/deadline-alert.tsx'
import { capital } from '../../ui/plain-words.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { StrengthMeter } from '../../ui/strength-meter.tsx'

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
      {data.upcoming.map(({ rule, sentence, enforceFrom }) => (
        <DeadlineAlert key={rule.id} at={enforceFrom} sentence={sentence} href={paths.account('passkeys')} />
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
