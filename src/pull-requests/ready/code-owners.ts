import { type FoundOwners, findOwners, type Owner } from '../../repositories/code-owners/find-owners.ts'
import { indexOwners } from '../../repositories/code-owners/index-owners.ts'
import { type OwnerLine, type OwnerProblem, renderOwnerProblems } from '../../repositories/code-owners/parse.ts'
import { TooComplex } from '../../repositories/code-owners/pattern.ts'
import { type OwnersFile, readCodeOwners } from '../../repositories/code-owners/read.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { RefParts } from '../../repositories/ref-updates.ts'
import { findTip } from '../../repositories/revision.ts'
import { compareBranches } from '../compare-branches.ts'
import type { PullRequest } from '../records.ts'
import { listChangedPaths } from './changed-paths.ts'

export interface NeededOwners {
  /** One of them is enough. Empty: a line owns these paths and names nobody who could agree. */
  owners: Owner[]
  paths: string[]
}

export interface CodeOwners {
  /** The file that says so, on the target branch; null where there is none. */
  path: string | null
  problems: string[]
  needed: NeededOwners[]
}

type OwnerParts = Pick<RefParts, 'git' | 'database'>

/** Who owns what a pull request changes, by the CODEOWNERS of the branch it goes into: its own copy says nothing. */
export async function listCodeOwners(
  { git, database }: OwnerParts,
  place: Pick<RepositoryPlace, 'folder'>,
  row: Pick<PullRequest, 'targetRef' | 'sourceRef' | 'state' | 'baseOid' | 'headOid'>,
  ends?: { base: string; head: string },
): Promise<CodeOwners> {
  const source = { git, folder: place.folder }
  const { base, head } = ends ?? {
    base: (row.state === 'open' ? await findTip(source, row.targetRef) : undefined) ?? row.baseOid,
    head: (row.state === 'open' ? await findTip(source, row.sourceRef) : undefined) ?? row.headOid,
  }
  const { mergeBase } = await compareBranches(source, { base, head })
  if (mergeBase === null) return { path: null, problems: [], needed: [] }
  const file = await readCodeOwners(source, base)
  if (file.path === null) return { path: null, problems: [], needed: [] }
  const paths = await listChangedPaths(source, { base, head, mergeBase })
  const owned = paths && groupByLine(file, paths)
  if (owned === undefined) {
    const sentence = 'It is too complicated to be compared with this many files.'
    return render(file, [...file.problems, { line: null, sentence }], [{ owners: [], paths: ['All files'] }])
  }
  const found = await findOwners(
    database.read,
    [...owned.keys()].flatMap((line) => (line === null ? [] : [line])),
  )
  return render(file, [...file.problems, ...found.problems], listNeeded(owned, found))
}

/** Paths by the line that owns them; `null` for what nobody can own. Undefined where that cannot be found out. */
function groupByLine(file: OwnersFile, paths: readonly string[]): Map<OwnerLine | null, string[]> | undefined {
  const owned = new Map<OwnerLine | null, string[]>()
  if (file.isBroken) return owned.set(null, [...paths])
  const find = indexOwners(file.lines)
  const unreadable = file.lines.filter(({ pattern }) => pattern === null)
  try {
    for (const path of paths) {
      const line = find(path)
      // A line without an owner says that nobody owns this.
      if (line !== undefined && line.owners.length > 0) put(owned, line, path)
      for (const other of unreadable) if (other.line > (line?.line ?? 0)) put(owned, other, path)
    }
  } catch (error) {
    if (error instanceof TooComplex) return undefined
    throw error
  }
  return owned
}

/** Lines that ask the same owners are one. */
function listNeeded(owned: Map<OwnerLine | null, string[]>, { owners }: FoundOwners): NeededOwners[] {
  const needed = new Map<string, { owners: Owner[]; paths: Set<string> }>()
  for (const [line, paths] of owned) {
    const people = new Map<string, Owner>()
    for (const name of line?.owners ?? []) {
      const owner = owners.get(name)
      if (owner !== undefined) people.set(owner.id, owner)
    }
    const key = [...people.keys()].toSorted().join(' ')
    const there = needed.get(key) ?? { owners: [...people.values()], paths: new Set<string>() }
    for (const path of paths) there.paths.add(path)
    needed.set(key, there)
  }
  return [...needed.values()].map((one) => ({ owners: one.owners, paths: [...one.paths] }))
}

function put(owned: Map<OwnerLine | null, string[]>, line: OwnerLine, path: string): void {
  const paths = owned.get(line)
  if (paths === undefined) owned.set(line, [path])
  else paths.push(path)
}

const mostProblems = 50

const render = (
  { path }: Pick<OwnersFile, 'path'>,
  problems: readonly OwnerProblem[],
  needed: NeededOwners[],
): CodeOwners => ({ path, problems: renderOwnerProblems(path ?? '', problems).slice(0, mostProblems), needed })
