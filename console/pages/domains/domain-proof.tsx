import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { DomainView } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useUrlState } from '../../url-state.ts'
import { domainPath, domainQuery, domainsPath } from './domain-queries.ts'

/** What to put where, and a look for it now. */
export function DomainProof({ domain }: { domain: DomainView }) {
  const [way, setWay] = useUrlState<'dns' | 'https'>('way', domain.verifiedBy ?? 'dns')
  const look = useMutation({
    mutationFn: () => api.post<DomainView>(`${domainPath(domain.id)}/check`, { way }),
    onSuccess: async (found) => {
      queryClient.setQueryData(domainQuery(domain.id).queryKey, found)
      await refresh(domainsPath)
    },
  })
  const isDone = domain.state === 'verified' && domain.failingSince === null
  return (
    <Section title={isDone ? 'Its proof' : 'Show that it is yours'}>
      <Text c="dimmed" size="sm">
        {isDone
          ? 'Leave it where it is: it is looked for once a day.'
          : 'Whoever can change its DNS or its web server is taken for its owner. One of the two is enough.'}
      </Text>
      <Group>
        <SegmentedControl
          value={way}
          onChange={(value) => setWay(value === 'https' ? 'https' : 'dns')}
          aria-label="How to show it"
          data={[
            { value: 'dns', label: 'A DNS record' },
            { value: 'https', label: 'A file on its web server' },
          ]}
        />
      </Group>
      {way === 'dns' ? (
        <Stack gap="sm">
          <CopyBlock label="A TXT record with this name" lines={[domain.record.name]} what="the name" />
          <CopyBlock label="and this value" lines={[domain.record.value]} what="the value" />
        </Stack>
      ) : (
        <Stack gap="sm">
          <CopyBlock label="A file at this address, without a redirect" lines={[domain.file.url]} what="the address" />
          <CopyBlock label="with this in it" lines={[domain.file.content]} what="the content" />
        </Stack>
      )}
      {domain.state === 'waiting' && domain.lastError && domain.checkedAt !== null && (
        <Alert color="yellow" icon={<IconClock />} title="Not found yet" role="status">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {domain.lastError} Looked for <TimeAgo at={domain.checkedAt} />.
          </Text>
        </Alert>
      )}
      <ProblemAlert error={look.error} />
      <Group>
        <Button variant={isDone ? 'default' : 'filled'} loading={look.isPending} onClick={() => look.mutate()}>
          {isDone ? 'Look again' : 'Check now'}
        </Button>
      </Group>
    </Section>
  )
}
