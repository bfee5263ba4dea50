import { Box, Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconRocket } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { PipelineList } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { repositoryApi } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { SectionTitle } from '../code/repository-frame.tsx'
import { SettingsFrame } from '../code/settings-tabs.tsx'
import type { Place } from '../code/use-place.ts'
import { EditPipeline } from './edit-pipeline.tsx'
import { NewPipelineForm } from './new-pipeline-form.tsx'
import { PipelineCard } from './pipeline-card.tsx'
import { Refusals } from './refusals.tsx'

/** Whoever looks while a pipeline is being set up sees at once why it was refused. */
const lookAgainMs = 10_000

const pipelinesQuery = (path: string) => getQuery<PipelineList>(`${path}/pipelines`)

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '' } }) => [
  queryClient.ensureQueryData(pipelinesQuery(repositoryApi(project, repository))),
]

/** The pipelines that come into a repository by what their own issuer says of them. */
export const PipelinesPage = () => (
  <SettingsFrame here="pipelines" title="Pipelines">
    {(place) => <Pipelines place={place} />}
  </SettingsFrame>
)

function Pipelines({ place }: { place: Place }) {
  const path = `${place.api}/pipelines`
  const { data } = useSuspenseQuery({ ...pipelinesQuery(place.api), refetchInterval: lookAgainMs })
  const { new: isNew, edit, steps } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const newButton = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes', edit: null })}>
      Let a pipeline in
    </Button>
  )
  return (
    <>
      <Box maw={820}>
        <SectionTitle action={!isNew && data.items.length > 0 && newButton}>Pipelines</SectionTitle>
      </Box>
      <Stack maw={820}>
        <Text c="dimmed">
          A pipeline shows a token that its own service signed, and gets one for some minutes here. There is no secret
          to store, to leak or to replace.
        </Text>
        {isNew && (
          <NewPipelineForm
            path={path}
            audience={data.resource}
            onMade={(made) => setQuery({ new: null, steps: made.id })}
            onCancel={() => setQuery({ new: null })}
          />
        )}
        {data.items.length > 0 ? (
          <RowList label="Pipelines">
            {data.items.map((pipeline) =>
              pipeline.id === edit ? (
                <EditPipeline
                  key={pipeline.id}
                  path={path}
                  pipeline={pipeline}
                  onClose={() => setQuery({ edit: null })}
                />
              ) : (
                <PipelineCard
                  key={pipeline.id}
                  path={path}
                  pipeline={pipeline}
                  where={data}
                  isOpen={pipeline.id === steps}
                  onSteps={(isOpen) => setQuery({ steps: isOpen ? pipeline.id : null })}
                  onEdit={() => setQuery({ edit: pipeline.id, new: null, steps: null })}
                />
              ),
            )}
          </RowList>
        ) : (
          !isNew && (
            <EmptyState icon={<IconRocket size={32} />} title="No pipelines" action={newButton}>
              GitHub Actions, GitLab CI, Bitbucket Pipelines and others can clone and push here, without a token that
              somebody has to keep.
            </EmptyState>
          )
        )}
        <Refusals refusals={data.refusals} />
      </Stack>
    </>
  )
}
