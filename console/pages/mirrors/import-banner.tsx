import { Alert, Anchor, Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ImportView } from '../../api/shapes.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { movingState } from './import-words.ts'

/** Of a repository that is still empty: its history may be under way from elsewhere. */
export function useImport(project: string, name: string, enabled: boolean): ReturnType<typeof movingState> {
  const { data } = useQuery({
    ...getQuery<ImportView>(`${repositoryApi(project, name)}/import`),
    retry: false,
    enabled,
    refetchInterval: ({ state }) => (movingState(state.data, Date.now()) === 'under-way' ? 4_000 : false),
  })
  return movingState(data, Date.now())
}

/** Nothing is to be pushed now: it fills by itself. */
export const ImportUnderWay = ({ project, name }: { project: string; name: string }) => (
  <EmptyState
    icon={<IconDownload size={32} />}
    title="This repository is being imported"
    action={
      <Button component="a" href={paths.importProgress(project, name)}>
        See how far it is
      </Button>
    }
  >
    You can close this page: it goes on.
  </EmptyState>
)

/** Beside the way to push: what was to come from elsewhere did not. */
export const ImportStoppedBanner = ({ project, name }: { project: string; name: string }) => (
  <Alert variant="light" color="yellow" icon={<IconDownload />}>
    The import of this repository stopped.{' '}
    <Anchor href={paths.importProgress(project, name)} inherit underline="always">
      Look why
    </Anchor>
  </Alert>
)
