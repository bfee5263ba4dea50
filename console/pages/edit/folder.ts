import { api } from '../../api/client.ts'
import { paths, withQuery } from '../../paths.ts'
import type { Place } from '../code/use-place.ts'

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

export const folderHref = ({ project, name }: Place, folder: string, ref: string | undefined): string =>
  folder === '' ? paths.repository(project, name, { ref }) : paths.tree(project, name, folder, ref)

/** The innermost of these folders that is there: one goes with its last file. */
export async function findFolder(place: Place, folder: string, ref: string): Promise<string> {
  for (let at = folder; at !== ''; at = folderOf(at)) {
    const found = await api.get(withQuery(`${place.api}/tree`, { ref, path: at })).catch(() => undefined)
    if (found !== undefined) return at
  }
  return ''
}
