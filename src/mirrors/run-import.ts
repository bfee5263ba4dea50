import { rm } from 'node:fs/promises'
import { recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { RepositoryImportTable, TableName } from '../database/schema.ts'
import { inOneLine, ProblemError, unexpected } from '../http/problem.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { placeOf } from '../repositories/access.ts'
import { discardEmpty } from '../repositories/discard-empty.ts'
import { GitError } from '../repositories/git.ts'
import { landHistory } from '../repositories/land-history.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { RefMethod } from '../repositories/ref-updates.ts'
import { throwAway } from '../repositories/trash.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { bringLfs, type BringLfs, type BroughtLfs } from './bring-lfs.ts'
import { fetchHistory, type FetchedHistory, type FetchParts } from './fetch-history.ts'
import type { Progress } from './git-progress.ts'
import { passwordPurpose } from './import-records.ts'
import { judgeLanding } from './judge-landing.ts'
import { RemoteError } from './remote-error.ts'
import type { ImportResult } from './shapes.ts'

export interface RunParts extends FetchParts, BringLfs {
  database: Database
  /** Folder of all bare repositories. */
  root: string
  secrets: Secrets
  policy: PolicyInForce
  now: () => number
  /** What follows a push; never rejects. */
  afterPush: (place: RepositoryPlace) => Promise<void>
  log: (error: unknown, doing: string) => void
}

const namedLeftOut = 20

/**
 * One import from its first question to its last event. `signal` ends it without a result; then it is for the caller to
 * say why it ended.
 */
export async function runImport(
  parts: RunParts,
  row: RepositoryImportTable,
  { staging, signal, onProgress }: { staging: string; signal: AbortSignal; onProgress: (p: Partial<Progress>) => void },
): Promise<void> {
  const place = await findImportPlace(parts, row)
  if (place === undefined) return
  const outcome = await bring(parts, row, place, { staging, signal, onProgress }).catch((error: unknown) => ({ error }))
  // Before anybody is told how it ended: whoever looks then finds nothing of it left over.
  await rm(staging, { recursive: true, force: true, maxRetries: 3 })
  if (!('error' in outcome)) await finish(parts, row, place, outcome)
  else if (!signal.aborted) await fail(parts, row, place, outcome.error)
}

async function bring(
  parts: RunParts,
  row: RepositoryImportTable,
  place: RepositoryPlace,
  { staging, signal, onProgress }: { staging: string; signal: AbortSignal; onProgress: (p: Partial<Progress>) => void },
): Promise<FetchedHistory & { lfs: BroughtLfs | undefined }> {
  const { secrets } = parts
  const password = row.passwordBox === null ? undefined : secrets.open(row.passwordBox, passwordPurpose(row.id))
  const { url, username, hostKey } = row
  const keepHostKey = (line: string): Promise<void> =>
    parts.database.write(async (tx) => void (await end(tx, row, { hostKey: line })))
  const remote = { url, username, password, hostKey, keepHostKey }
  const fetched = await fetchHistory(parts, { remote, folder: staging, destination: place.folder, signal, onProgress })
  const pointers = fetched.lfsPointers
  const mostMs = parts.limits.operationMs
  const lfs = pointers
    ? await bringLfs(parts, { remote, folder: place.folder, pointers, mostMs, signal, onProgress })
    : undefined
  onProgress({ phase: 'landing', objectsDone: 0, objectsTotal: fetched.refs.length })
  signal.throwIfAborted()
  await judgeLanding(parts, row, { place, refs: fetched.refs })
  await landHistory(parts, {
    place,
    actorId: row.createdBy,
    method: row.method as RefMethod,
    strength: row.strength,
    history: { ...fetched, defaultBranch: fetched.defaultBranch ?? place.repository.defaultBranch },
  })
  const landed = (await findImportPlace(parts, row)) ?? place
  await parts.afterPush(landed)
  return { ...fetched, lfs }
}

export async function findImportPlace(
  { database, root }: Pick<RunParts, 'database' | 'root'>,
  { repositoryId }: RepositoryImportTable,
): Promise<RepositoryPlace | undefined> {
  const repository = await database.read
    .selectFrom('repository')
    .selectAll()
    .where('id', '=', repositoryId)
    .executeTakeFirst()
  if (repository === undefined) return undefined
  const project = await database.read
    .selectFrom('project')
    .selectAll()
    .where('id', '=', repository.projectId)
    .executeTakeFirstOrThrow()
  return placeOf(root, { repository, project }, 'admin')
}

async function finish(
  { database, now }: RunParts,
  row: RepositoryImportTable,
  place: RepositoryPlace,
  { refs, leftOut, lfsPointers, lfs, bytes, defaultBranch }: Awaited<ReturnType<typeof bring>>,
): Promise<void> {
  const branches = refs.filter(({ ref }) => ref.startsWith('refs/heads/')).length
  const tags = refs.length - branches
  const result: ImportResult = {
    branches,
    tags,
    bytes,
    lfsPointers: lfsPointers?.length ?? null,
    ...(lfs === undefined ? {} : { lfs }),
    defaultBranch: defaultBranch ?? null,
    leftOut: leftOut.slice(0, namedLeftOut),
    leftOutCount: leftOut.length,
  }
  await database.write(async (tx) => {
    const at = now()
    await end(tx, row, { state: 'done', result: JSON.stringify(result), passwordBox: null, finishedAt: at })
    await recordEvent(tx, {
      action: 'repository.imported',
      actor: { id: row.createdBy, method: 'system', strength: row.strength },
      target: { kind: 'repository', id: row.repositoryId },
      repositoryId: row.repositoryId,
      facts: { repository: place.path, url: row.url, branches, tags, bytes },
      at,
    })
  })
}

async function fail(
  parts: RunParts,
  row: RepositoryImportTable,
  place: RepositoryPlace,
  error: unknown,
): Promise<void> {
  const { code, sentence } = describe(error)
  if (code === 'internal') parts.log(error, 'an import')
  await parts.database.write(async (tx) => {
    const at = parts.now()
    await end(tx, row, { state: 'failed', problemCode: code, problem: sentence, finishedAt: at })
    await recordEvent(tx, {
      action: 'repository.import-failed',
      actor: { id: row.createdBy, method: 'system', strength: row.strength },
      target: { kind: 'repository', id: row.repositoryId },
      repositoryId: row.repositoryId,
      outcome: 'refused',
      facts: { repository: place.path, url: row.url, code, reason: sentence },
      at,
    })
  })
}

function describe(error: unknown): { code: string; sentence: string } {
  if (error instanceof RemoteError) return { code: error.code, sentence: error.message }
  if (error instanceof ProblemError && error.status < 500) return { code: error.code, sentence: inOneLine(error) }
  if (error instanceof GitError && error.code !== 'git-failed') return { code: error.code, sentence: error.message }
  return { code: 'internal', sentence: inOneLine(unexpected()) }
}

const end = (tx: Tx<TableName>, { id }: RepositoryImportTable, how: Partial<RepositoryImportTable>): Promise<unknown> =>
  tx.updateTable('repositoryImport').set(how).where('id', '=', id).execute()

/** What a cancelled import leaves: nothing, where nothing has landed; otherwise the repository as it is. */
export async function discardImport(
  parts: Pick<RunParts, 'database' | 'root' | 'git' | 'now'>,
  row: RepositoryImportTable,
): Promise<void> {
  const place = await findImportPlace(parts, row)
  if (place === undefined) return
  const actor = { id: row.createdBy, method: 'system' as const, strength: row.strength }
  const isGone = await parts.database.write(async (tx) => {
    const at = parts.now()
    await tx.deleteFrom('repositoryImport').where('id', '=', row.id).execute()
    return discardEmpty(tx, place, { actor, at })
  })
  if (!isGone) return
  parts.git.letGo(place.folder)
  await throwAway(parts.root, place.folder)
}
