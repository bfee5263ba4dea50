import type { EditStart, RepositoryView } from '../../api/shapes.ts'
import type { Place } from '../code/use-place.ts'

/** What both ways to add files know. */
export interface NewFiles {
  place: Place
  repository: RepositoryView
  refName: string | undefined
  /** Where the files go, unless somebody says otherwise. */
  directory: string
  start: EditStart
}
