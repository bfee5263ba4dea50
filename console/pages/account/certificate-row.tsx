import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { CertificateView } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

export function CertificateRow({ certificate }: { certificate: CertificateView }) {
  const end = useMutation({
    mutationFn: () => api.delete(`/me/ssh/certificates/${encodeURIComponent(certificate.id)}`),
    onSuccess: () => refresh('/me/ssh/certificates'),
  })
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Stack gap={2} miw={0} flex="1 1 280px">
          <Text fw={600}>
            Certificate {certificate.serial}, ends <TimeAgo at={certificate.expiresAt} />
          </Text>
          <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {certificate.fingerprint}
          </Text>
          <Text size="sm" c="dimmed" component="div">
            {certificate.program === null ? 'Made here' : `Made by ${certificate.program}`}{' '}
            <TimeAgo at={certificate.issuedAt} /> from {certificate.address};{' '}
            {certificate.lastUsedAt === null ? (
              'never used'
            ) : (
              <>
                last used <TimeAgo at={certificate.lastUsedAt} />
              </>
            )}
          </Text>
        </Stack>
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate()}
          aria-label={`End certificate ${certificate.serial}`}
        >
          End
        </Button>
      </Group>
      <ProblemAlert error={end.error} />
    </Stack>
  )
}
