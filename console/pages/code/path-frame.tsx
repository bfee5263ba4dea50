import { Group } from '@mantine/core'
import type { RepositoryView } from '../../api/shapes.ts'
import type { paths } from '../../paths.ts'
import { usePathPart } from '../../url-state.ts'
import { FindButton } from './find-button.tsx'
import { PathTrail } from './path-trail.tsx'
import { RefPicker } from './ref-picker.tsx'
import { RepositoryFrame } from './repository-frame.tsx'
import { type Place, usePlace, useRefName } from './use-place.ts'

/** What a page about one path of a repository shows. */
export interface AtPath {
  place: Place
  repository: RepositoryView
  /** Undefined on the default branch. */
  refName: string | undefined
  path: string
}

interface PathFrameProps {
  titleOf: (path: string) => string
  /** The same page at another branch or tag. */
  pathOf: typeof paths.tree
  /** Beside the way up. */
  acts?: (at: AtPath) => React.ReactNode
  children: (at: AtPath) => React.ReactNode
}

/** Around every page about one path: which branch or tag it is at, and the way up. */
export function PathFrame({ titleOf, pathOf, acts, children }: PathFrameProps) {
  const place = usePlace()
  const refName = useRefName()
  const path = usePathPart('_splat').replace(/\/+$/, '')
  return (
    <RepositoryFrame tab="code" title={titleOf(path)}>
      {(repository) => (
        <>
          <Group gap="md" mb="md">
            <RefPicker
              api={place.api}
              current={refName ?? repository.defaultBranch}
              hrefOf={(ref) => pathOf(place.project, place.name, path, ref)}
            />
            <FindButton place={place} refName={refName} />
            <PathTrail place={place} path={path} refName={refName} />
            {acts?.({ place, repository, refName, path })}
          </Group>
          {children({ place, repository, refName, path })}
        </>
      )}
    </RepositoryFrame>
  )
}
