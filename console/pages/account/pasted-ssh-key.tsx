import { Group, Stack, Text } from '@mantine/core'
import { IconFileText, IconUsb } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { fingerprintOf, type PastedKey } from './ssh-key-words.ts'

/** What was pasted, said at once: its kind, what that is worth, and its fingerprint to compare. */
export function PastedSshKey({ pasted }: { pasted: PastedKey }) {
  const { data: fingerprint } = useQuery({
    queryKey: ['ssh-fingerprint', pasted.base64],
    queryFn: () => fingerprintOf(pasted).catch(() => 'This key is cut off'),
    staleTime: Infinity,
  })
  const Icon = pasted.isSecurityKey ? IconUsb : IconFileText
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Icon size={22} aria-hidden style={{ flex: 'none' }} />
      <Stack gap={2} miw={0}>
        <Text size="sm" fw={600}>
          {pasted.kind}
        </Text>
        <Text size="sm" c="dimmed">
          {pasted.isSecurityKey
            ? 'It takes your touch each time, and cannot be copied.'
            : 'Whoever copies the file has the key: over SSH it counts as a password.'}
        </Text>
        <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {fingerprint ?? ' '}
        </Text>
      </Stack>
    </Group>
  )
}
