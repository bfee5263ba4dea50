import type { FileProblem } from './parse-routes-file.ts'
import type { RoutesFile } from './follow-routes-file.ts'
import type { ClosedRoute } from './load-routes.ts'

interface Log {
  error(message: string): void
  warn(message: string): void
}

/** Says loudly what of a file is not followed: in the log with lines, and as a figure to be alarmed by. */
export const routesFileReporter =
  ({ path, log, count }: { path: string; log: Log; count: (problems: number) => void }) =>
  (problems: readonly FileProblem[], warnings: readonly FileProblem[]): void => {
    count(problems.length)
    if (problems.length > 0) log.error(`${path} is not followed, what stood in it before stays in force:`)
    for (const { line, message } of problems) log.error(`${path}:${line}: ${message}`)
    for (const { line, message } of warnings) log.warn(`${path}:${line}: ${message}`)
  }

/** The same for administrators, on the page they begin at. */
export function fileAttention(file: Pick<RoutesFile, 'path' | 'problems'> | undefined) {
  const problems = file?.problems() ?? []
  const [first] = problems
  if (file === undefined || first === undefined) return []
  const more = problems.length === 1 ? '' : `, and ${problems.length - 1} more`
  return [
    {
      kind: 'routes-file',
      text: `${file.path} is not followed, and what stood in it before stays in force. Line ${first.line}: ${first.message}${more}`,
      href: '/-/applications',
    },
  ]
}

/** Tools that nobody is led to until they have another name. */
export const closedAttention = (closed: readonly ClosedRoute[]) =>
  closed.map(({ application: { slug, name }, host, problem }) => ({
    kind: `route-closed-${slug}`,
    text: `${name} is not opened at ${host} any more. ${problem}`,
    href: `/-/applications/${slug}`,
  }))
