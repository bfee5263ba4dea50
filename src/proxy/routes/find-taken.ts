import type { RoutesShown } from './operator.ts'
import type { FileProblem, ReadRoutesFile } from './parse-routes-file.ts'

/** What a running server would refuse of a file, because something that does not stand in it has the name already. */
export function findTaken({ routes, lineOf }: ReadRoutesFile, shown: Pick<RoutesShown, 'routes' | 'taken'>) {
  const hosts = new Set(shown.routes.flatMap(({ host, source }) => (source === 'console' ? [host] : [])))
  return [...routes].flatMap(([slug, { host }]): FileProblem[] => {
    const say = (message: string): FileProblem => ({ line: lineOf(slug), message: `${slug}: ${message}` })
    return [
      ...(shown.taken.includes(slug) ? [say(`There is already an application with the short name ${slug}.`)] : []),
      ...(hosts.has(host) ? [say(`Another tool already answers at ${host}.`)] : []),
    ]
  })
}
