import { Button, Group, Loader, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, queryClient, refresh } from '../../api/queries.ts'
import type { ImportView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useGo } from '../../url-state.ts'
import { fileSize } from '../../ui/file-size.ts'
import { RepositoryFrame } from '../code/repository-frame.tsx'
import { type Place, usePlace } from '../code/use-place.ts'
import { ImportDone } from './import-done.tsx'
import { ImportStopped } from './import-stopped.tsx'
import { leftWords, percentOf, phaseWords } from './import-words.ts'

const lookAgainMs = 1_000

const importQuery = (path: string) => getQuery<ImportView>(`${path}/import`)

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '' } }) => [
  queryClient.ensureQueryData(importQuery(repositoryApi(project, repository))),
]

/** How far an import is. It goes on when this page is closed. */
export const ImportProgressPage = () => (
  <RepositoryFrame tab="code" title="Import">
    {() => <ImportProgress />}
  </RepositoryFrame>
)

function ImportProgress() {
  const place = usePlace()
  const { data } = useSuspenseQuery({
    ...importQuery(place.api),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? lookAgainMs : false),
  })
  const isDone = data.state === 'done'
  useEffect(() => {
    if (isDone) void queryClient.invalidateQueries({ queryKey: [place.api, {}], exact: true })
  }, [isDone, place.api])
  return (
    <Stack maw={720}>
      <Title order={1} fz="xl">
        {isDone ? 'Imported' : 'Import'}
      </Title>
      <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        From {data.url}
      </Text>
      {isUnderWay(data) && <UnderWay place={place} view={data} />}
      {isDone && <ImportDone place={place} view={data} />}
      {(data.state === 'failed' || data.state === 'interrupted') && (
        <ImportStopped key={data.finishedAt} place={place} view={data} cancel={<Cancel place={place} view={data} />} />
      )}
    </Stack>
  )
}

const isUnderWay = ({ state }: ImportView): boolean => state === 'waiting' || state === 'running'

function UnderWay({ place, view }: { place: Place; view: ImportView }) {
  const percent = percentOf(view)
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap">
          <Loader size="xs" aria-hidden />
          <Text fw={600} role="status">
            {phaseWords(view)}
          </Text>
        </Group>
        {/* The numbers stand below it, so a screen reader skips it. */}
        <Progress.Root size="lg" aria-hidden>
          <Progress.Section value={percent ?? 100} animated={percent === null} withAria={false} />
        </Progress.Root>
        <Text size="sm" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
          {detailOf(view)}
        </Text>
        <Text size="sm" c="dimmed">
          You can close this page: it goes on.
        </Text>
        <Group>
          <Cancel place={place} view={view} />
        </Group>
      </Stack>
    </Paper>
  )
}

function detailOf(view: ImportView): string {
  const { objectsDone, objectsTotal, bytes, bytesPerSecond, phase } = view
  const what =
    phase === 'landing'
      ? 'branches and tags'
      : phase === 'resolving'
        ? 'pieces'
        : phase === 'large-files'
          ? 'files'
          : 'objects'
  const words = [
    objectsTotal > 0
      ? `${objectsDone.toLocaleString('en')} of ${objectsTotal.toLocaleString('en')} ${what}`
      : objectsDone > 0 && `${objectsDone.toLocaleString('en')} ${what}`,
    bytes > 0 && fileSize(bytes),
    bytesPerSecond > 0 && phase === 'receiving' && `${fileSize(bytesPerSecond)} a second`,
    leftWords(view),
  ]
  return words.filter(Boolean).join(' · ') || 'Nothing to count yet'
}

function Cancel({ place, view }: { place: Place; view: ImportView }) {
  const [isAsking, setAsking] = useState(false)
  const go = useGo()
  const cancel = useMutation({
    mutationFn: () => api.post(`${place.api}/import/cancel`),
    onSuccess: async () => {
      go(paths.project(place.project), { replace: true })
      await Promise.all([refresh('/projects'), refresh('/repositories'), refresh('/home')])
    },
  })
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {isUnderWay(view) ? 'Cancel' : 'Give it up'}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title="Give this import up?"
        confirmLabel="Give it up"
        act={cancel}
        onClose={() => setAsking(false)}
      >
        What has arrived is thrown away, and {place.project}/{place.name} goes with it. Nothing changes on the other
        server.
      </ConfirmDialog>
    </>
  )
}
