import { Alert, Anchor } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ImportView } from '../../api/shapes.ts'
import { paths, repositoryApi } from '../../paths.ts'

/** On a repository that is still empty: its history may be under way from elsewhere. */
export function ImportBanner({ project, name }: { project: string; name: string }) {
  const { data } = useQuery({ ...getQuery<ImportView>(`${repositoryApi(project, name)}/import`), retry: false })
  if (data === undefined || data.state === 'done') return null
  const isStopped = data.state === 'failed' || data.state === 'interrupted'
  return (
    <Alert variant="light" color={isStopped ? 'yellow' : 'gray'} icon={<IconDownload />}>
      {isStopped ? 'The import of this repository stopped. ' : 'This repository is being imported. '}
      <Anchor href={paths.importProgress(project, name)} inherit underline="always">
        {isStopped ? 'Look why' : 'See how far it is'}
      </Anchor>
    </Alert>
  )
}
