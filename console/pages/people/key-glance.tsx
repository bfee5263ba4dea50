import { Group, Text, Tooltip } from '@mantine/core'
import { IconCloud, IconDeviceMobile, IconKeyOff, IconUsb } from '@tabler/icons-react'
import type { Person } from '../../api/shapes.ts'
import { capital } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'

const kinds = {
  'hardware-key': { Icon: IconUsb, word: 'Security key' },
  platform: { Icon: IconDeviceMobile, word: 'Device passkey' },
  synced: { Icon: IconCloud, word: 'Synced passkey' },
} as const

const order = ['hardware-key', 'platform', 'synced'] as const

/** How strongly somebody can prove themselves: the best kind of key, how many they have, and what that is worth. */
export function KeyGlance({ person }: { person: Person }) {
  const { credentialCount, keyKinds, strength, kind, isDemo } = person
  if (kind === 'agent') return <Quiet>tokens only</Quiet>
  if (isDemo) return <Quiet>an example</Quiet>
  const best = order.find((one) => keyKinds.includes(one))
  if (credentialCount === 0 || best === undefined)
    return (
      <Group gap={6} wrap="nowrap">
        <IconKeyOff size={16} aria-hidden />
        <Text size="sm">No passkey yet</Text>
      </Group>
    )
  const { Icon, word } = kinds[best]
  const worth = strength === null || strength === 'none' ? '' : `Best: ${strengthWords[strength]}`
  return (
    <Tooltip label={capital(worth)} disabled={worth === ''} events={{ hover: true, focus: true, touch: true }}>
      <Group gap={6} wrap="nowrap">
        <Icon size={16} aria-hidden />
        <Text size="sm">
          {strength === 'attested' ? 'Verified key' : word}
          {credentialCount > 1 && ` +${credentialCount - 1}`}
        </Text>
      </Group>
    </Tooltip>
  )
}

const Quiet = ({ children }: { children: string }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
)
