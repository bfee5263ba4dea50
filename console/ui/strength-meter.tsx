import { Box, Group, Stack, Text } from '@mantine/core'
import type { Strength } from '../api/shapes.ts'
import { capital } from './plain-words.ts'
import { strengthWords } from './strength-words.ts'

const ladder: Strength[] = ['password', 'mfa', 'passkey', 'device-bound', 'attested']

/** A place on the ladder, in words; the bars only repeat them. */
export function StrengthMeter({ strength }: { strength: Strength | null }) {
  const reached = strength === null ? 0 : ladder.indexOf(strength) + 1
  const next = ladder[reached]
  return (
    <Stack gap={6}>
      <Text fw={550}>{strength === null ? 'You have no passkey' : capital(strengthWords[strength])}</Text>
      <Group gap={4} wrap="nowrap" maw={320} aria-hidden>
        {ladder.map((step, index) => (
          <Box
            key={step}
            h={6}
            flex={1}
            bg={index < reached ? 'var(--mantine-primary-color-filled)' : 'var(--mantine-color-default-border)'}
            style={{ borderRadius: 3 }}
          />
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        {next === undefined ? 'There is nothing stronger.' : `Stronger would be: ${strengthWords[next]}.`}
      </Text>
    </Stack>
  )
}
