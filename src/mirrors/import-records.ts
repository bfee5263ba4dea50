import { recordEvent } from '../audit/record.ts'
import type { Database, Db } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { ProjectTable, RepositoryImportTable } from '../database/schema.ts'
import { conflict, notFound } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { checkRepositoryName } from '../repositories/names.ts'
import { methodOf } from '../repositories/ref-updates.ts'
import { createRepository, type RepositoryParts } from '../repositories/repository-records.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { hostKeyFingerprint } from './host-key.ts'
import type { ImportResult, ImportRetry, ImportView, NewImport } from './shapes.ts'
import { wantRemote } from './wanted-remote.ts'

export interface ImportParts extends RepositoryParts {
  outbound: Outbound
  secrets: Secrets
}

export const passwordPurpose = (id: Id<'imp'> | Id<'mir'>): string => `password of ${id}`

/** Makes the repository and the row that says where its history comes from; whoever works on imports finds it. */
export async function createImport(
  parts: ImportParts,
  caller: Caller,
  project: ProjectTable,
  wanted: NewImport,
): Promise<RepositoryImportTable> {
  const { database, outbound, secrets, now } = parts
  checkRepositoryName(wanted.name)
  const { url, username, secret, hostKey } = wantRemote(outbound, wanted)
  const { name, description = '', visibility, takesFormerName } = wanted
  const repository = await createRepository(parts, caller, project, {
    name,
    description,
    visibility,
    takesFormerName,
  })
  const at = now()
  const id = newId('imp')
  const row: RepositoryImportTable = {
    id,
    repositoryId: repository.id,
    url,
    username,
    passwordBox: secret === undefined ? null : secrets.seal(secret, passwordPurpose(id)),
    hostKey,
    state: 'waiting',
    phase: 'waiting',
    ...noProgress,
    problemCode: null,
    problem: null,
    result: null,
    isCancelled: 0,
    createdBy: caller.id,
    method: methodOf(caller),
    strength: caller.strength,
    address: caller.address,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    beatAt: at,
  }
  await database.write(async (tx) => {
    await tx.insertInto('repositoryImport').values(row).execute()
    await recordEvent(tx, {
      action: 'repository.import-started',
      actor: actorOf(caller),
      target: { kind: 'repository', id: repository.id },
      repositoryId: repository.id,
      facts: { repository: `${project.name}/${name}`, url },
      at,
    })
  })
  return row
}

export const noProgress = { objectsDone: 0, objectsTotal: 0, bytes: 0, bytesPerSecond: 0 }

export const findImport = (
  db: Db<'repositoryImport'>,
  repositoryId: Id<'rep'>,
): Promise<RepositoryImportTable | undefined> =>
  db.selectFrom('repositoryImport').selectAll().where('repositoryId', '=', repositoryId).executeTakeFirst()

export async function getImport(db: Db<'repositoryImport'>, repositoryId: Id<'rep'>): Promise<RepositoryImportTable> {
  const row = await findImport(db, repositoryId)
  if (row === undefined) throw notFound('This import')
  return row
}

/** Begins it anew for whoever asks now, with what is known or another credential. @throws 409 while it works or when it is done */
export async function retryImport(
  { database, outbound, secrets, now }: { database: Database; outbound: Outbound; secrets: Secrets; now: () => number },
  caller: Caller,
  row: RepositoryImportTable,
  wanted: ImportRetry,
): Promise<void> {
  // Another user name stands with its own password, or with none.
  const password = wanted.password ?? (wanted.username === undefined ? undefined : '')
  const after = wantRemote(outbound, { ...wanted, ...(password === undefined ? {} : { password }) }, row)
  const { numUpdatedRows } = await database.write((tx) =>
    tx
      .updateTable('repositoryImport')
      .set({
        state: 'waiting',
        phase: 'waiting',
        ...noProgress,
        problemCode: null,
        problem: null,
        finishedAt: null,
        beatAt: now(),
        createdBy: caller.id,
        method: methodOf(caller),
        strength: caller.strength,
        address: caller.address,
        username: after.username,
        hostKey: after.hostKey,
        ...(after.keepsSecret
          ? {}
          : { passwordBox: after.secret === undefined ? null : secrets.seal(after.secret, passwordPurpose(row.id)) }),
      })
      .where('id', '=', row.id)
      .where('isCancelled', '=', 0)
      .where('state', 'in', ['failed', 'interrupted'])
      .executeTakeFirst(),
  )
  if (Number(numUpdatedRows) === 0)
    throw conflict('import-busy', 'This import is not one that can be tried again now.', {
      help: 'Look at it again.',
    })
}

export function renderImport(row: RepositoryImportTable, place: { project: string; repository: string }): ImportView {
  return {
    id: row.id,
    project: place.project,
    repository: place.repository,
    url: row.url,
    username: row.username,
    hostKey: hostKeyFingerprint(row.hostKey),
    state: row.state,
    phase: row.phase,
    objectsDone: row.objectsDone,
    objectsTotal: row.objectsTotal,
    bytes: row.bytes,
    bytesPerSecond: row.bytesPerSecond,
    problem: row.problemCode === null ? null : { code: row.problemCode, sentence: row.problem ?? '' },
    result: row.result === null ? null : (JSON.parse(row.result) as ImportResult),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  }
}
