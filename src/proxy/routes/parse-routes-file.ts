import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { isOfShape } from '../../http/check-value.ts'
import { checkRoute, type RouteSurroundings } from './check-route.ts'
import { FileRoute, shortName, shortNameWords } from './file-route.ts'
import type { RouteProblem } from './route-problem.ts'
import { findSchemaProblems } from './schema-problems.ts'

export interface FileProblem {
  /** From 1. */
  line: number
  message: string
}

/** What a file says; with problems, nothing of it counts. */
export interface ReadRoutesFile {
  routes: ReadonlyMap<string, FileRoute>
  problems: FileProblem[]
  warnings: FileProblem[]
  lineOf: (slug: string) => number
}

const mostBytes = 1_000_000
const mostAliases = 100

/** Reads `routes.yaml` whole: YAML 1.2, each route under its short name, every mistake with its line. */
export function parseRoutesFile(text: string, surroundings: RouteSurroundings): ReadRoutesFile {
  const routes = new Map<string, FileRoute>()
  const nothing = (line: number, message: string): ReadRoutesFile => ({
    routes: new Map(),
    problems: [{ line, message }],
    warnings: [],
    lineOf: () => 1,
  })
  if (text.length > mostBytes) return nothing(1, 'The file is larger than 1 MB.')
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [fault] = parsed.errors
  if (fault !== undefined) return nothing(lines.linePos(fault.pos[0]).line, `This is not YAML: ${fault.message}`)
  let said: unknown
  try {
    said = parsed.toJS({ maxAliasCount: mostAliases })
  } catch {
    return nothing(1, 'It refers to itself more often than anybody would write.')
  }
  // A file that an editor has emptied, or has not written yet, must not end every tool.
  if (said === null) return nothing(1, 'The file is empty. To end all of its routes, write: routes: {}')
  const lineAt = (path: RouteProblem['path']): number => lines.linePos(offsetOf(parsed, path)).line
  const top = said as { routes?: unknown }
  if (typeof said !== 'object' || typeof top.routes !== 'object' || top.routes === null || Array.isArray(top.routes))
    return nothing(1, 'It has to begin with “routes:”, and below it each route under its short name.')
  const problems: FileProblem[] = Object.keys(said).flatMap((key) =>
    key === 'routes'
      ? []
      : [{ line: lineAt([key]), message: `There is no setting ${key}. All stand below “routes:”.` }],
  )
  const warnings: FileProblem[] = []
  const hosts = new Map<string, string>()
  for (const [slug, value] of Object.entries(top.routes)) {
    const place = (found: readonly RouteProblem[]): FileProblem[] =>
      found.map(({ path, message }) => ({ line: lineAt(['routes', slug, ...path]), message: `${slug}: ${message}` }))
    if (!isOfShape(shortName, slug)) {
      problems.push(...place([{ path: [], message: `a short name has ${shortNameWords}.` }]))
      continue
    }
    if (!isOfShape(FileRoute, value)) {
      problems.push(...place(findSchemaProblems(FileRoute, value)))
      continue
    }
    const {
      name: _,
      description: __,
      recipe: ___,
      audience,
      groups,
      strength: ____,
      host: written,
      ...settings
    } = value
    const { host, ...found } = checkRoute({ host: written, settings }, surroundings)
    const other = hosts.get(host)
    hosts.set(host, slug)
    problems.push(
      ...place([
        ...found.problems,
        ...checkAudience({ audience, groups }, surroundings.groups),
        ...(other === undefined || host === '' ? [] : [{ path: ['host'], message: `${other} has this host already.` }]),
      ]),
    )
    warnings.push(...place(found.warnings))
    routes.set(slug, { ...value, host })
  }
  return { routes, problems, warnings, lineOf: (slug) => lineAt(['routes', slug]) }
}

function checkAudience(
  { audience, groups }: { audience: FileRoute['audience']; groups: FileRoute['groups'] },
  known: ReadonlySet<string> | null,
): RouteProblem[] {
  if ((audience === undefined) === (groups === undefined))
    return [
      {
        path: audience === undefined ? [] : ['groups'],
        message: 'say who may open it, by one of “audience: everyone”, “audience: members” and “groups: [names]”.',
      },
    ]
  return (groups ?? []).flatMap((name) =>
    known === null || known.has(name) ? [] : [{ path: ['groups'], message: `There is no group ${name}.` }],
  )
}

/** Where in the text something stands, or what would hold it. */
function offsetOf(parsed: Document, path: RouteProblem['path']): number {
  let node: Node | null | undefined = parsed.contents
  let offset = node?.range?.[0] ?? 0
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(parsed)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node)) {
      node = node.items[Number(step)] as Node | undefined
      offset = node?.range?.[0] ?? offset
    } else break
  }
  return offset
}
