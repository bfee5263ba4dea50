import { Group, Stack } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { InvitationMade, PersonAdded } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { UrlTextInput } from '../../forms/url-text-input.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { AddPerson } from './add-person.tsx'
import { GuestList, guestsQuery } from './guest-list.tsx'
import { InvitationsMade } from './invitations-made.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { LinkMade } from './link-made.tsx'
import { countsQuery, PeopleChips } from './people-chips.tsx'
import { isAboutGuests } from './people-filter-words.ts'
import { PeopleList, peopleQuery } from './people-list.tsx'
import { PeopleSetting } from './people-setting.tsx'
import { PeopleTabs } from './people-tabs.tsx'
import { WaysIn } from './ways-in.tsx'

export const fetchAhead: FetchAhead = ({ search: { q = '', filter = 'people' } }) => {
  const me = queryClient.getQueryData(meQuery.queryKey)
  return [
    isAboutGuests(filter)
      ? queryClient.ensureInfiniteQueryData(guestsQuery(filter, q))
      : queryClient.ensureInfiniteQueryData(peopleQuery(filter, q)),
    ...(me && isAdministrator(me) ? [queryClient.ensureQueryData(countsQuery)] : []),
  ]
}

/** Who is in, how strongly each can prove themselves, and who should be looked after. */
export function PeoplePage() {
  const isAdmin = isAdministrator(useMe())
  const { q = '', filter = 'people', add, invite } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const [made, setMade] = useState<PersonAdded | null>(null)
  const [invited, setInvited] = useState<InvitationMade[]>([])
  return (
    <>
      <PageHeader title="People" action={isAdmin && <WaysIn onChoose={(way) => setQuery({ [way]: 'yes' })} />} />
      <PeopleTabs here="people" />
      <Stack>
        {made && <LinkMade made={made} onClose={() => setMade(null)} />}
        {invited.length > 0 && <InvitationsMade made={invited} onClose={() => setInvited([])} />}
        <Group>
          <UrlTextInput
            name="q"
            aria-label="Find people"
            placeholder="Find by name, username or e-mail"
            leftSection={<IconSearch size={16} aria-hidden />}
            w={{ base: '100%', xs: 340 }}
          />
        </Group>
        {isAdmin && (
          <PeopleChips filter={filter} onChange={(next) => setQuery({ filter: next === 'people' ? null : next })} />
        )}
        <Suspense fallback={<RowSkeletons />}>
          {isAdmin && <PeopleSetting filter={filter} />}
          {isAboutGuests(filter) ? (
            <GuestList filter={filter} q={q} isAdmin={isAdmin} />
          ) : (
            <PeopleList filter={filter} q={q} isAdmin={isAdmin} onLinkMade={setMade} />
          )}
        </Suspense>
      </Stack>
      <AddPerson
        isOpen={isAdmin && add === 'yes'}
        onClose={() => setQuery({ add: null })}
        onAdded={(added) => {
          setQuery({ add: null })
          setMade(added)
        }}
      />
      <InviteDialog
        isOpen={isAdmin && invite === 'yes'}
        onClose={() => setQuery({ invite: null })}
        onInvited={(items) => {
          setQuery({ invite: null })
          setInvited(items)
        }}
      />
    </>
  )
}
