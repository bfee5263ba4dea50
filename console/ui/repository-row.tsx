import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { IconLock, IconUsers, IconWorld } from '@tabler/icons-react'
import type { RepositorySummary, Visibility } from '../api/shapes.ts'
import { DemoBadge } from './demo-badge.tsx'
import { TimeAgo } from './time-ago.tsx'

const visibilities: Record<Visibility, { label: string; icon: typeof IconLock }> = {
  private: { label: 'Private', icon: IconLock },
  internal: { label: 'Internal', icon: IconUsers },
  public: { label: 'Public', icon: IconWorld },
}

export function VisibilityBadge({ visibility }: { visibility: Visibility }) {
  const { label, icon: Icon } = visibilities[visibility]
  return (
    <Badge variant="default" size="sm" tt="none" fw={500} leftSection={<Icon size={12} aria-hidden />}>
      {label}
    </Badge>
  )
}

export const RepositoryRow = ({ repository, href }: { repository: RepositorySummary; href: string }) => (
  <Group justify="space-between" gap="sm">
    <Stack gap={2} miw={0} flex={1}>
      <Group gap="xs">
        <Anchor href={href} fw={550} style={{ overflowWrap: 'anywhere' }}>
          {repository.path}
        </Anchor>
        <VisibilityBadge visibility={repository.visibility} />
        <DemoBadge isDemo={repository.isDemo} />
      </Group>
      {repository.description && (
        <Text size="sm" c="dimmed" lineClamp={2}>
          {repository.description}
        </Text>
      )}
    </Stack>
    <Text size="sm" c="dimmed">
      {repository.pushedAt === null ? 'empty' : <TimeAgo at={repository.pushedAt} />}
    </Text>
  </Group>
)
