import { Button, SegmentedControl, Stack } from '@mantine/core'
import { IconMailForward, IconPlus } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { InvitationMade, InvitationView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import { InvitationRow } from './invitation-row.tsx'
import { InvitationsMade } from './invitations-made.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { PeopleTabs } from './people-tabs.tsx'

const invitationsQuery = (state: string) =>
  pagesQuery<InvitationView>('/invitations', { state: state === 'all' ? '' : 'open' })

export const fetchAhead: FetchAhead = ({ search: { state = 'open' } }) => [
  queryClient.ensureInfiniteQueryData(invitationsQuery(state)),
]

/** Who was asked in, and what became of it. */
export function InvitationsPage() {
  const [state, setState] = useUrlState<'open' | 'all'>('state', 'open')
  const [invite, setInvite] = useUrlState<'yes' | ''>('invite', '')
  const [made, setMade] = useState<InvitationMade[]>([])
  return (
    <>
      <PageHeader
        title="Invitations"
        action={
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setInvite('yes')}>
            Invite people
          </Button>
        }
      />
      <PeopleTabs here="invitations" />
      <Stack>
        {made.length > 0 && <InvitationsMade made={made} onClose={() => setMade([])} />}
        <SegmentedControl
          aria-label="Which invitations"
          data={[
            { value: 'open', label: 'Open' },
            { value: 'all', label: 'All' },
          ]}
          value={state}
          onChange={setState}
          style={{ alignSelf: 'flex-start' }}
        />
        <Suspense fallback={<RowSkeletons />}>
          <InvitationList state={state} onMade={(one) => setMade([one])} />
        </Suspense>
      </Stack>
      <InviteDialog
        isOpen={invite === 'yes'}
        onClose={() => setInvite('')}
        onInvited={(items) => {
          setInvite('')
          setMade(items)
        }}
      />
    </>
  )
}

function InvitationList({ state, onMade }: { state: string; onMade: (made: InvitationMade) => void }) {
  const invitations = useSuspenseInfiniteQuery(invitationsQuery(state))
  const rows = invitations.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<IconMailForward size={32} />}
        title={state === 'open' ? 'Nobody is invited' : 'Nobody was invited yet'}
      >
        Invite people by their addresses: each makes a passkey of their own, and is in.
      </EmptyState>
    )
  return (
    <>
      <RowList label="Invitations">
        {rows.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onMade={onMade} />
        ))}
      </RowList>
      <ShowMore
        hasMore={invitations.hasNextPage}
        isLoading={invitations.isFetchingNextPage}
        onMore={() => void invitations.fetchNextPage()}
      />
    </>
  )
}
