import { Anchor, Group, Stack, Text } from '@mantine/core'
import { IconDoorEnter, IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { ProviderView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useGo, useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { DirectoryFrame } from '../directory/directory-frame.tsx'
import { AddPlaceForm } from './add-place-form.tsx'
import { worthWords } from './place-words.ts'
import { RefusedAlert } from './refused-alert.tsx'
import { providersQuery } from './upstream-queries.ts'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(providersQuery)]
    : []

/** Other places where people of this organisation sign in. */
export const UpstreamPage = () => (
  <DirectoryFrame here="sign-in">
    <Suspense fallback={<RowSkeletons />}>
      <Places />
    </Suspense>
  </DirectoryFrame>
)

function Places() {
  const { data } = useSuspenseQuery(providersQuery)
  const { new: newId, refused, provider } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const go = useGo()
  const isOwner = useMe().role === 'owner'
  const isAdding = newId !== undefined && isOwner
  const add = (
    <ReasonedButton
      reason={isOwner ? null : 'Only an owner can set one up: it decides who comes in.'}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ new: data.nextId })}
    >
      Set up a place
    </ReasonedButton>
  )
  return (
    <Stack maw={980}>
      <Text c="dimmed">
        People can begin to sign in at Okta, Entra, Google or any OpenID provider. It says who comes; a passkey of this
        place stays the way to prove what one does.
      </Text>
      <RefusedAlert code={refused} name={data.items.find(({ id }) => id === provider)?.name} />
      {isAdding && (
        <AddPlaceForm
          id={newId}
          onMade={(place) => go(paths.upstreamPlace(place.id), { replace: true })}
          onCancel={() => setQuery({ new: null })}
        />
      )}
      {data.items.length > 0 && (
        <RowList label="Places to sign in">
          {data.items.map((place) => (
            <PlaceRow key={place.id} place={place} />
          ))}
        </RowList>
      )}
      {data.items.length > 0 && !isAdding && <div>{add}</div>}
      {data.items.length === 0 && !isAdding && (
        <EmptyState icon={<IconDoorEnter size={32} />} title="Nobody signs in from elsewhere" action={add}>
          Everybody signs in with a passkey of this place. That is enough; set up another place where your organisation
          wants to say there who may come.
        </EmptyState>
      )}
    </Stack>
  )
}

function PlaceRow({ place }: { place: ProviderView }) {
  const { name, issuer, peopleCount, lastSignInAt } = place
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Anchor href={paths.upstreamPlace(place.id)} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Anchor>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {issuer} · {peopleCount === 1 ? '1 person' : `${peopleCount.toLocaleString('en')} people`}
          {lastSignInAt !== null && (
            <>
              {' · last sign-in '}
              <TimeAgo at={lastSignInAt} />
            </>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          It {worthWords(place)}.
        </Text>
      </Stack>
    </Group>
  )
}
