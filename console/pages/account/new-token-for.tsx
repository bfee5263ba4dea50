import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ApiTokenMade, RepositoryView } from '../../api/shapes.ts'
import { repositoryApi, splitPath } from '../../paths.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { NewTokenForm } from './new-token-form.tsx'

interface NewTokenForProps {
  /** `project/name`, from the page that sent the person here. */
  path: string
  onMade: (made: ApiTokenMade) => void
  onCancel: () => void
}

/** A new token for one repository. Where that cannot be read, the plain form serves as well. */
export function NewTokenFor({ path, ...outcomes }: NewTokenForProps) {
  const { project, name } = splitPath(path)
  const repository = useQuery(getQuery<RepositoryView>(repositoryApi(project, name)))
  if (repository.isPending) return <RowSkeletons rows={4} />
  return <NewTokenForm repository={repository.data} {...outcomes} />
}
