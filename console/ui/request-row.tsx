import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import type { InboxItem } from '../api/shapes.ts'
import { TimeAgo } from './time-ago.tsx'

/** Something that waits for my tap: for what, who asks, until when. */
export function RequestRow({ item, href }: { item: InboxItem; href: string }) {
  const { title, requestedBy, isMine, tokenName, createdAt, expiresAt } = item
  return (
    <Group justify="space-between" gap="sm">
      <Group wrap="nowrap" align="flex-start" gap="sm" miw={0} flex="1 1 260px">
        <Text span c="var(--mantine-color-anchor)" lh={1} mt={4}>
          <IconFingerprint size={18} aria-hidden />
        </Text>
        <Stack gap={2} miw={0}>
          <Anchor href={href} fw={550} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Anchor>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {isMine ? 'You asked' : `${requestedBy.displayName} asks`}
            {tokenName !== null && ` with the token “${tokenName}”`}, <TimeAgo at={createdAt} />. Expires{' '}
            <TimeAgo at={expiresAt} />.
          </Text>
        </Stack>
      </Group>
      <Button component="a" href={href} size="xs" variant="light">
        Look and tap
      </Button>
    </Group>
  )
}
