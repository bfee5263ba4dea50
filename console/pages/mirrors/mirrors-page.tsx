import { Box, Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconVersions } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { Items, MirrorView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { repositoryApi } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { SectionTitle } from '../code/repository-frame.tsx'
import { SettingsFrame } from '../code/settings-tabs.tsx'
import type { Place } from '../code/use-place.ts'
import { MirrorCard } from './mirror-card.tsx'
import { MirrorForm } from './mirror-form.tsx'

const soonMs = 1_500
const idleMs = 15_000

const mirrorsQuery = (path: string) => getQuery<Items<MirrorView>>(`${path}/mirrors`)

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '' } }) => [
  queryClient.ensureQueryData(mirrorsQuery(repositoryApi(project, repository))),
]

/** The other servers to which a repository goes whenever it changes. */
export const MirrorsPage = () => (
  <SettingsFrame here="mirrors" title="Mirrors">
    {(place) => <Mirrors place={place} />}
  </SettingsFrame>
)

function Mirrors({ place }: { place: Place }) {
  const path = `${place.api}/mirrors`
  const { data } = useSuspenseQuery({
    ...mirrorsQuery(place.api),
    refetchInterval: ({ state }) =>
      state.data?.items.some((mirror) => mirror.state === 'running' || mirror.state === 'waiting') ? soonMs : idleMs,
  })
  const { new: isNew, url, edit } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const close = () => setQuery({ new: null, url: null, edit: null })
  const newButton = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes', edit: null })}>
      New mirror
    </Button>
  )
  return (
    <>
      <Box maw={820}>
        <SectionTitle action={!isNew && data.items.length > 0 && newButton}>Mirrors</SectionTitle>
      </Box>
      <Stack maw={820}>
        <Text c="dimmed">
          After each change, and every hour, branches, tags and proofs are pushed to another server, so that everybody
          who clones there can run <code>postern verify</code> too.
        </Text>
        {isNew && <MirrorForm path={path} url={url} onClose={close} />}
        {data.items.length > 0 ? (
          <RowList label="Mirrors">
            {data.items.map((mirror) =>
              mirror.id === edit ? (
                <MirrorForm key={mirror.id} path={path} mirror={mirror} onClose={close} />
              ) : (
                <MirrorCard
                  key={mirror.id}
                  path={path}
                  mirror={mirror}
                  onEdit={() => setQuery({ edit: mirror.id, new: null })}
                />
              ),
            )}
          </RowList>
        ) : (
          !isNew && (
            <EmptyState icon={<IconVersions size={32} />} title="No mirrors" action={newButton}>
              Keep the forge your team already has up to date, with everything that proves who changed what.
            </EmptyState>
          )
        )}
      </Stack>
    </>
  )
}
