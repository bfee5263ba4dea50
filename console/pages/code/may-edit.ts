import type { RepositoryView } from '../../api/shapes.ts'

/** Whether files can be changed at this ref by who looks: a commit stays as it is. Of a tag the page itself says so. */
export const mayEdit = (
  { myRole, isEmpty }: Pick<RepositoryView, 'myRole' | 'isEmpty'>,
  refName: string | undefined,
): boolean => myRole !== 'read' && !isEmpty && !/^[0-9a-f]{40}$/.test(refName ?? '')
