import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useMutation, useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { pagesQuery, refresh } from '../../api/queries.ts'
import type { ClaimsMade, DomainAccount, DomainView } from '../../api/shapes.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { AccountRow } from './account-row.tsx'
import { domainPath, domainsPath } from './domain-queries.ts'
import { accountsWords, daysWords, peopleWords } from './domain-words.ts'

interface DomainAccountsProps {
  domain: DomainView
  graceDays: number
  isOwner: boolean
}

const canBeClaimed = ({ management, claim }: DomainAccount): boolean => management === 'nobody' && claim === null

/** Who is there, and who should be managed from now on. */
export function DomainAccounts({ domain, graceDays, isOwner }: DomainAccountsProps) {
  const pages = useSuspenseInfiniteQuery(pagesQuery<DomainAccount>(`${domainPath(domain.id)}/accounts`))
  const accounts = pages.data.pages.flatMap(({ items }) => items)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const free = accounts.filter(canBeClaimed).map(({ person }) => person.username)
  const wanted = free.filter((username) => chosen.has(username))
  const claim = useMutation({
    mutationFn: () => api.post<ClaimsMade>(`${domainPath(domain.id)}/claims`, { usernames: wanted }),
    onSuccess: async () => {
      setChosen(new Set())
      await refresh(domainsPath)
    },
  })
  if (accounts.length === 0)
    return <EmptyState title="Nobody has an address there">Whoever comes with one will stand here.</EmptyState>

  const reason = !isOwner
    ? 'Only an owner can have accounts managed.'
    : domain.state === 'verified'
      ? wanted.length === 0
        ? 'Choose somebody first.'
        : null
      : 'The domain is not verified at this moment.'
  const set = (username: string, isChosen: boolean) => {
    const next = new Set(chosen)
    if (isChosen) next.add(username)
    else next.delete(username)
    setChosen(next)
  }
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        {accountsWords(domain.accounts)}. Somebody who is managed can no longer change their address or leave by
        themselves; their work, keys and access stay. They are told first, and have {daysWords(graceDays)} to object.
        {domain.accounts.unconfirmed > 0 &&
          ' Whoever has never confirmed their address is asked to by letter before: anybody can type anybody’s.'}
      </Text>
      {free.length > 1 && isOwner && (
        <Checkbox
          label={`All ${free.length} that nobody manages`}
          checked={wanted.length === free.length}
          indeterminate={wanted.length > 0 && wanted.length < free.length}
          onChange={({ currentTarget: { checked } }) => setChosen(new Set(checked ? free : []))}
        />
      )}
      <RowList label="Accounts at this domain">
        {accounts.map((account) => (
          <AccountRow
            key={account.person.id}
            domain={domain}
            account={account}
            choice={
              isOwner && canBeClaimed(account)
                ? { isChosen: chosen.has(account.person.username), onChoose: (is) => set(account.person.username, is) }
                : null
            }
          />
        ))}
      </RowList>
      <ShowMore
        hasMore={pages.hasNextPage}
        isLoading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
      {claim.data && (
        <Text size="sm" role="status">
          {peopleWords(claim.data.noticed)} told.
          {claim.data.skipped.map(({ username, reason: why }) => ` ${username} was left out: ${why}.`)}
        </Text>
      )}
      <ProblemAlert error={claim.error} />
      {free.length > 0 && (
        <Group>
          {reason === null ? (
            <Button loading={claim.isPending} onClick={() => claim.mutate()}>
              Manage {peopleWords(wanted.length)}, with a tap
            </Button>
          ) : (
            <ReasonedButton reason={reason}>Manage them</ReasonedButton>
          )}
        </Group>
      )}
    </Stack>
  )
}
