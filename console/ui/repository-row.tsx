import { Anchor, Group, Stack, Text } from '@mantine/core'
import type { RepositorySummary } from '../api/shapes.ts'
import { revealHidden } from './code-hidden.ts'
import { DemoBadge } from './demo-badge.tsx'
import { TimeAgo } from './time-ago.tsx'
import { VisibilityBadge } from './visibility-badge.tsx'

export const RepositoryRow = ({ repository, href }: { repository: RepositorySummary; href: string }) => (
  <Group justify="space-between" gap="sm">
    <Stack gap={2} miw={0} flex="1 1 260px">
      <Group gap="xs">
        <Anchor href={href} fw={550} style={{ overflowWrap: 'anywhere' }}>
          {repository.path}
        </Anchor>
        <VisibilityBadge visibility={repository.visibility} />
        <DemoBadge isDemo={repository.isDemo} />
      </Group>
      {repository.description && (
        <Text size="sm" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          {revealHidden(repository.description)}
        </Text>
      )}
    </Stack>
    <Text size="sm" c="dimmed">
      {repository.pushedAt === null ? 'empty' : <TimeAgo at={repository.pushedAt} />}
    </Text>
  </Group>
)
