import { Anchor, Badge, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DomainAccount, DomainView } from '../../api/shapes.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { domainPath, domainsPath } from './domain-queries.ts'
import { accountWords } from './domain-words.ts'

interface AccountRowProps {
  domain: DomainView
  account: DomainAccount
  /** Null where there is nothing to choose. */
  choice: { isChosen: boolean; onChoose: (isChosen: boolean) => void } | null
}

/** One person at the domain, and what is decided about them. */
export function AccountRow({ domain, account, choice }: AccountRowProps) {
  const { person, email, isEmailVerified, role, lastSeenAt, claim } = account
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      {choice && (
        <Checkbox
          mt={4}
          aria-label={`Choose ${person.displayName}`}
          checked={choice.isChosen}
          onChange={({ currentTarget: { checked } }) => choice.onChoose(checked)}
        />
      )}
      <Group justify="space-between" gap="sm" flex={1} miw={0}>
        <Stack gap={0} miw={0} flex="1 1 240px">
          <Group gap={6}>
            <Anchor href={paths.person(person.username)} fw={600}>
              {person.displayName}
            </Anchor>
            <Badge variant="default" tt="none" fw={500}>
              {organisationRoleLabel(role)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {person.username} · {email}
            {!isEmailVerified && ', never confirmed'}
          </Text>
          <Text size="sm" c="dimmed" component="div">
            {lastSeenAt === null ? (
              'Never seen here'
            ) : (
              <>
                Last seen <TimeAgo at={lastSeenAt} />
              </>
            )}
          </Text>
        </Stack>
        <Stack gap={4} align="flex-start">
          <Text size="sm">{accountWords(account, Date.now())}</Text>
          {claim && <Decide domain={domain} account={account} claim={claim} />}
        </Stack>
      </Group>
    </Group>
  )
}

type Decision = 'let-go' | 'end-access'

function Decide(props: { domain: DomainView; account: DomainAccount; claim: NonNullable<DomainAccount['claim']> }) {
  const { domain, account, claim } = props
  const [isEnding, setIsEnding] = useState(false)
  const decide = useMutation({
    mutationFn: (decision: Decision) =>
      api.post(`${domainPath(domain.id)}/claims/${encodeURIComponent(claim.id)}/decision`, { decision }),
    onSuccess: async () => {
      setIsEnding(false)
      await refresh(domainsPath)
    },
  })
  const { displayName } = account.person
  const mayEnd = claim.state === 'objected' && claim.graceEndsAt <= Date.now()
  return (
    <>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={decide.isPending && !isEnding}
          aria-label={`Let go of ${displayName}`}
          onClick={() => decide.mutate('let-go')}
        >
          Let go
        </Button>
        {mayEnd && (
          <Button
            size="xs"
            variant="default"
            aria-label={`End access… of ${displayName}`}
            onClick={() => setIsEnding(true)}
          >
            End access…
          </Button>
        )}
      </Group>
      {!isEnding && <ProblemAlert error={decide.error} />}
      <ConfirmDialog
        isOpen={isEnding}
        title={`End the access of ${displayName}?`}
        confirmLabel="End it with a tap"
        act={{ ...decide, mutate: () => decide.mutate('end-access') }}
        onClose={() => setIsEnding(false)}
      >
        They object to being managed, and their address is still at {domain.name}. Their sessions, tokens and keys end
        at once. You can also let them go.
      </ConfirmDialog>
    </>
  )
}
