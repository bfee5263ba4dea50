import { Anchor, Box, Button, Stack, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { DeployKeyList, DeployKeyView } from '../../api/shapes.ts'
import { SettingNumber } from '../../forms/setting-number.tsx'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { WholeList } from '../../ui/whole-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { SectionTitle } from '../code/repository-frame.tsx'
import { SettingsFrame } from '../code/settings-tabs.tsx'
import type { Place } from '../code/use-place.ts'
import { DeployKeyRow } from './deploy-key-row.tsx'
import { NewDeployKeyForm } from './new-deploy-key-form.tsx'
import { RotationLines } from './rotation-lines.tsx'

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '' } }) => [
  queryClient.ensureQueryData(getQuery<DeployKeyList>(`${repositoryApi(project, repository)}/deploy-keys`)),
]

/** The keys of a repository: what comes in with them is a machine, and nobody. */
export const DeployKeysPage = () => (
  <SettingsFrame here="deploy-keys" title="Deploy keys">
    {(place) => <DeployKeys place={place} />}
  </SettingsFrame>
)

function DeployKeys({ place }: { place: Place }) {
  const path = `${place.api}/deploy-keys`
  const { data } = useSuspenseQuery(getQuery<DeployKeyList>(path))
  const { new: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const [made, setMade] = useState<DeployKeyView | null>(null)
  const isAdmin = isAdministrator(useMe())
  const addButton = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes' })}>
      Add a deploy key
    </Button>
  )
  const onMade = (key: DeployKeyView) => {
    setMade(key)
    setQuery({ new: null })
  }
  return (
    <>
      <Box maw={820}>
        <SectionTitle action={!isNew && data.items.length > 0 && addButton}>Deploy keys</SectionTitle>
      </Box>
      <Stack maw={820}>
        <Text c="dimmed">
          A deploy key lets a server or a build fetch from this repository over SSH, or push to it: here and nowhere
          else. It is nobody, so a branch that takes a tap refuses it. Where a pipeline can say who it is by itself, you
          need no key: see <Anchor href={paths.pipelines(place.project, place.name)}>Pipelines</Anchor>.
        </Text>
        {isNew && (
          <NewDeployKeyForm
            path={path}
            mostDays={data.mostDays}
            onMade={onMade}
            onCancel={() => setQuery({ new: null })}
          />
        )}
        {made?.rotation && <RotationLines onClose={() => setMade(null)} />}
        {data.items.length > 0 ? (
          <WholeList label="Deploy keys">
            {data.items.map((key) => (
              <DeployKeyRow key={key.id} path={path} mostDays={data.mostDays} deployKey={key} />
            ))}
          </WholeList>
        ) : (
          !isNew && (
            <EmptyState icon={<IconKey size={32} />} title="No deploy keys" action={addButton}>
              Add one for a server that needs this repository and nothing else.
            </EmptyState>
          )
        )}
        {isAdmin && data.items.length > 0 && (
          <SettingNumber
            name="deployKeyDays"
            label="Days until a deploy key ends by itself, at most"
            description="In every repository, for keys from now on."
            min={1}
            max={3650}
            alsoRefresh={path}
          />
        )}
      </Stack>
    </>
  )
}
