import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { MirrorTable, RepositoryTable } from '../database/schema.ts'
import { invalid, notFound } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { passwordPurpose } from './import-records.ts'
import { hostKeyFingerprint } from './host-key.ts'
import type { MirrorChange, MirrorView, NewMirror } from './shapes.ts'
import { type KeptRemote, wantRemote } from './wanted-remote.ts'

export interface MirrorParts {
  database: Database
  outbound: Outbound
  secrets: Secrets
}

const mostMirrors = 10

/** How a mirror would be after a change; what it was before, for a new one, is nothing. @throws ProblemError 422 */
export function wantedMirror(
  { outbound }: Pick<MirrorParts, 'outbound'>,
  before: (KeptRemote & Pick<MirrorTable, 'branches' | 'overwrites' | 'isActive'>) | undefined,
  wanted: MirrorChange,
) {
  return {
    ...wantRemote(outbound, wanted, before),
    branches: wanted.branches ?? (JSON.parse(before?.branches ?? '[]') as string[]),
    overwrites: wanted.overwrites ?? before?.overwrites === 1,
    isActive: wanted.isActive ?? before?.isActive !== 0,
  }
}

export async function createMirror(
  parts: MirrorParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  wanted: NewMirror,
): Promise<Id<'mir'>> {
  const { database, secrets } = parts
  const { url, username, secret, hostKey, branches, overwrites } = wantedMirror(parts, undefined, wanted)
  const id = newId('mir')
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const others = await tx.selectFrom('mirror').select('url').where('repositoryId', '=', place.repository.id).execute()
    if (others.some((other) => other.url === url))
      throw invalid('url', 'This repository is mirrored there already. Give another address.')
    if (others.length >= mostMirrors)
      throw invalid('url', `A repository has ${mostMirrors} mirrors at most. Remove one of them first.`)
    await tx
      .insertInto('mirror')
      .values({
        id,
        repositoryId: place.repository.id,
        url,
        username,
        passwordBox: secret === undefined ? null : secrets.seal(secret, passwordPurpose(id)),
        hostKey,
        branches: JSON.stringify(branches),
        overwrites: overwrites ? 1 : 0,
        isActive: 1,
        createdBy: caller.id,
        stewardId: caller.id,
        adoptBy: null,
        createdAt: at,
        dueAt: at,
        wantedAt: at,
        startedAt: null,
        succeededAt: null,
        failures: 0,
        problemCode: null,
        problem: null,
      })
      .execute()
    await recordEvent(tx, {
      action: 'mirror.created',
      actor: actorOf(caller, seal),
      target: { kind: 'mirror', id },
      repositoryId: place.repository.id,
      facts: {
        repository: place.path,
        url,
        branches: branches.join(' '),
        overwrites: overwrites ? 1 : 0,
        seal: seal.id,
      },
      at,
    })
  })
  return id
}

export async function changeMirror(
  parts: MirrorParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id, wanted }: { id: Id<'mir'>; wanted: MirrorChange },
): Promise<void> {
  const { database, secrets } = parts
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const before = await holdMirror(tx, id)
    const after = wantedMirror(parts, before, wanted)
    const { url, username, secret, hostKey, branches, overwrites, isActive } = after
    // Another repository was left in another state.
    if (url !== before.url) await tx.deleteFrom('mirrorRef').where('mirrorId', '=', before.id).execute()
    await tx
      .updateTable('mirror')
      .set({
        url,
        username,
        hostKey,
        ...(after.keepsSecret
          ? {}
          : { passwordBox: secret === undefined ? null : secrets.seal(secret, passwordPurpose(before.id)) }),
        branches: JSON.stringify(branches),
        overwrites: overwrites ? 1 : 0,
        isActive: isActive ? 1 : 0,
        // Whoever switches it on again looks after it.
        ...(isActive && before.isActive === 0 ? { stewardId: caller.id, adoptBy: null } : {}),
        dueAt: at,
        wantedAt: at,
        failures: 0,
        problemCode: null,
        problem: null,
      })
      .where('id', '=', before.id)
      .execute()
    await recordEvent(tx, {
      action: 'mirror.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'mirror', id: before.id },
      repositoryId: place.repository.id,
      facts: {
        repository: place.path,
        url,
        former: before.url,
        branches: branches.join(' '),
        overwrites: overwrites ? 1 : 0,
        active: isActive ? 1 : 0,
        seal: seal.id,
      },
      at,
    })
  })
}

export async function removeMirror(
  { database }: Pick<MirrorParts, 'database'>,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id }: Pick<MirrorTable, 'id'>,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const { url } = await holdMirror(tx, id)
    await tx.deleteFrom('mirrorRef').where('mirrorId', '=', id).execute()
    await tx.deleteFrom('mirror').where('id', '=', id).execute()
    await recordEvent(tx, {
      action: 'mirror.removed',
      actor: actorOf(caller, seal),
      target: { kind: 'mirror', id },
      repositoryId: place.repository.id,
      facts: { repository: place.path, url, seal: seal.id },
      at,
    })
  })
}

/**
 * As it is now, and so until this is done: what somebody else changes at the same moment comes before or after, or the
 * password of one server could be left beside the address of another. @throws 404
 */
async function holdMirror(tx: Tx<'mirror'>, id: Id<'mir'>): Promise<MirrorTable> {
  const mirror = await tx
    .updateTable('mirror')
    .set((eb) => ({ isActive: eb.ref('isActive') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (mirror === undefined) throw notFound('This mirror')
  return mirror
}

export async function getMirror(
  db: Db<'mirror'>,
  { id: repositoryId }: Pick<RepositoryTable, 'id'>,
  id: string,
): Promise<MirrorTable> {
  const row = await db
    .selectFrom('mirror')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('id', '=', id as Id<'mir'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This mirror')
  return row
}

export async function listMirrors(
  db: Db<'mirror' | 'user'>,
  { id: repositoryId }: Pick<RepositoryTable, 'id'>,
): Promise<MirrorView[]> {
  const rows = await db
    .selectFrom('mirror')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ createdBy, stewardId }) => [createdBy, stewardId]),
  )
  return rows.map((row) => ({
    id: row.id,
    url: row.url,
    username: row.username,
    hasPassword: row.passwordBox !== null,
    hostKey: hostKeyFingerprint(row.hostKey),
    branches: JSON.parse(row.branches) as string[],
    overwrites: row.overwrites === 1,
    isActive: row.isActive === 1,
    state: stateOf(row),
    wantedAt: row.wantedAt,
    succeededAt: row.succeededAt,
    failures: row.failures,
    nextAt: row.isActive === 1 ? row.dueAt : null,
    problem:
      row.problemCode === null
        ? null
        : {
            code: row.problemCode,
            sentence: row.problem ?? '',
          },
    createdBy: people.get(row.createdBy) ?? null,
    steward: people.get(row.stewardId ?? row.createdBy) ?? null,
    keepBy: row.adoptBy,
    createdAt: row.createdAt,
  }))
}

function stateOf(row: MirrorTable): MirrorView['state'] {
  if (row.isActive === 0) return 'off'
  if (row.startedAt !== null) return 'running'
  if (row.failures > 0) return 'failing'
  return row.wantedAt === null ? 'up-to-date' : 'waiting'
}
