import { useMemo } from 'react'
import { repositoryApi } from '../../paths.ts'
import { usePathPart, useUrlQuery } from '../../url-state.ts'

/** Which repository this page is about, as the address says. */
export interface Place {
  project: string
  name: string
  /** Below `/api/v1`. */
  api: string
}

export function usePlace(): Place {
  const project = usePathPart('project')
  const name = usePathPart('repository')
  return useMemo(() => ({ project, name, api: repositoryApi(project, name) }), [project, name])
}

/** The `ref` of the address: a branch, a tag or a commit; undefined stands for the default branch. */
export const useRefName = (): string | undefined => useUrlQuery()['ref']
