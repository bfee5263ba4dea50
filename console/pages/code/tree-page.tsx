import { Group } from '@mantine/core'
import { paths } from '../../paths.ts'
import { usePathPart } from '../../url-state.ts'
import { PathTrail } from './path-trail.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame } from './repository-frame.tsx'
import { TreeBody } from './tree-body.tsx'
import { usePlace, useRefName } from './use-place.ts'

export function TreePage() {
  const place = usePlace()
  const refName = useRefName()
  const path = usePathPart('_splat').replace(/\/+$/, '')
  return (
    <RepositoryFrame tab="code" title={path || 'Files'}>
      {(repository) => (
        <>
          <Group gap="md" mb="md">
            <RefPicker
              api={place.api}
              current={refName ?? repository.defaultBranch}
              hrefOf={(ref) => paths.tree(place.project, place.name, path, ref)}
            />
            <PathTrail place={place} path={path} refName={refName} />
          </Group>
          <TreeBody place={place} repository={repository} refName={refName} path={path} />
        </>
      )}
    </RepositoryFrame>
  )
}
