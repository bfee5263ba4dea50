import { Alert, Badge, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconMinus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { MirrorView } from '../../api/shapes.ts'
import { KeptByNobody } from '../../ui/kept-by-nobody.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { MirrorActions } from './mirror-actions.tsx'
import { branchWords, mirrorMark } from './mirror-words.ts'

const icons = { green: IconCheck, red: IconAlertTriangle, yellow: IconClock, gray: IconMinus }

/** One mirror: where it leads, how it is, and what can be done with it. */
export function MirrorCard({ path, mirror, onEdit }: { path: string; mirror: MirrorView; onEdit: () => void }) {
  const { word, color } = mirrorMark(mirror)
  const Icon = icons[color]
  const { host, pathname } = new URL(mirror.url)
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Text fw={600} miw={0} style={{ overflowWrap: 'anywhere' }}>
          {host}
          <Text span inherit fw={400} c="dimmed">
            {pathname}
          </Text>
        </Text>
        <Badge
          variant="default"
          tt="none"
          fw={500}
          leftSection={<Icon size={14} aria-hidden color={`var(--mantine-color-${color}-text)`} />}
        >
          {word}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {branchWords(mirror)}, tags and proofs
        {mirror.hostKey !== null && ` · the server’s key ${mirror.hostKey}`}
        {mirror.overwrites && ' · overwrites what is pushed there'}
        {mirror.succeededAt === null ? (
          ' · never arrived yet'
        ) : (
          <>
            {' · last arrived '}
            <TimeAgo at={mirror.succeededAt} />
          </>
        )}
        {mirror.wantedAt !== null && mirror.isActive && (
          <>
            {' · a change from '}
            <TimeAgo at={mirror.wantedAt} /> still waits
          </>
        )}
      </Text>
      {mirror.problem && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} style={{ overflowWrap: 'anywhere' }}>
          <Text size="sm">{mirror.problem.sentence}</Text>
          {mirror.nextAt !== null && mirror.state === 'failing' && (
            <Text size="sm" mt={4}>
              {mirror.failures === 1 ? 'Failed once' : `Failed ${mirror.failures} times in a row`}. It is tried again{' '}
              <TimeAgo at={mirror.nextAt} />.
            </Text>
          )}
        </Alert>
      )}
      <Stewardless path={path} mirror={mirror} />
      <MirrorActions path={path} mirror={mirror} onEdit={onEdit} />
    </Stack>
  )
}

function Stewardless({ path, mirror: { id, steward, keepBy, isActive } }: { path: string; mirror: MirrorView }) {
  const keep = useMutation({
    mutationFn: () => api.post<MirrorView>(`${path}/${id}/keep`),
    onSuccess: () => refresh(path),
  })
  return keepBy !== null && isActive && <KeptByNobody what="mirror" steward={steward} keepBy={keepBy} keep={keep} />
}
