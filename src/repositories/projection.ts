import { hash } from 'node:crypto'
import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import {
  type Protection,
  renderPushes,
  renderSealsTree,
  renderSignersTree,
  renderSshKeys,
  sealPath,
  SEALS_REF,
  SIGNERS_REF,
} from '../seals/format/projection.ts'
import { pushPath } from '../seals/format/push-record.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import { renderTime } from '../seals/format/time.ts'
import { placeOf } from './access.ts'
import { appendFiles, blobOid, listFiles } from './append-files.ts'
import type { Git } from './git.ts'
import type { RepositoryPlace } from './place.ts'
import { listRevocations } from './revoked-keys.ts'
import { sealRecordOf } from '../seals/stored-seal.ts'
import {
  listCountedPushes,
  listPushKeys,
  listSshKeyEnds,
  type PushTables,
  readPushRecords,
  sshKeyEntryOf,
} from './signed-pushes.ts'
import { type CountedSeal, listEnrolments, listRepositorySeals, listSigners } from './signers.ts'

export interface Projection {
  /**
   * Writes what the tables say and the refs do not yet. Called twice, the second call changes nothing. `moved` are updates
   * that git has made and the tables do not call done yet, so that nobody hears of one before its proof can be read.
   */
  project(place: Pick<RepositoryPlace, 'repository' | 'folder'>, moved?: readonly Id<'upd'>[]): Promise<void>
  /**
   * Every repository that has anything to show, one after the other: after a start, in the background. Asked for again
   * while it is under way, it goes through them once more.
   */
  projectAll(): Promise<void>
  /** Before git is closed: begins nothing more, and waits for what is being written. */
  close(): Promise<void>
}

/**
 * The table `seal` is the truth; `refs/postern/seals` and `refs/postern/signers` are what travels in a clone. Both only
 * grow, commit by commit, so that a clone that pinned them sees a rewrite.
 */
export function createProjection(parts: {
  database: Database
  git: Git
  root: string
  now: () => number
  /** Told after the refs have taken up what is new. */
  onWritten?: (repositoryId: Id<'rep'>) => Promise<void>
}): Projection {
  const { database, git, root, now } = parts
  // Two merges at once would build on the same tip.
  const queues = new Map<string, Promise<void>>()
  // What was written last, so that a push that changes no proof costs no git.
  const written = new Map<string, string>()
  let isClosed = false

  async function write(
    place: Pick<RepositoryPlace, 'repository' | 'folder'>,
    moved: readonly Id<'upd'>[],
  ): Promise<void> {
    // Read once, as there are many in a repository of many years.
    const seals = await listRepositorySeals(database.read, place.repository.id, moved)
    const entries = await listSigners(database.read, place.repository.id, moved, seals)
    const revocations = await listRevocations(database.read, place.repository.id, entries)
    const sshKeys = await renderKeys(database.read, place.repository.id, moved)
    const signers = new Map([...renderSignersTree(entries, revocations), ...sshKeys])
    const state = await digestState(database.read, place.repository.id, { signers, seals, moved })
    if (written.get(place.repository.id) === state) return
    await append(place, { signers, seals, moved })
    written.set(place.repository.id, state)
    await parts.onWritten?.(place.repository.id)
  }

  async function append(
    place: Pick<RepositoryPlace, 'repository' | 'folder'>,
    { signers, ...counted }: Counted & { signers: Map<string, Buffer> },
  ): Promise<void> {
    const { folder } = place
    const at = now()
    await appendFiles(git, folder, { ref: SIGNERS_REF, files: signers, message: 'signers', at })
    const known = await listFiles(git, folder, SEALS_REF)
    const files = await renderNewSeals(database.read, place, known, counted)
    await appendFiles(git, folder, { ref: SEALS_REF, files, known, message: 'seals', at })
  }

  const project: Projection['project'] = (place, moved = []) => {
    const key = place.repository.id
    const turn = (queues.get(key) ?? Promise.resolve()).catch(() => {}).then(() => write(place, moved))
    queues.set(key, turn)
    return turn.finally(() => {
      if (queues.get(key) === turn) queues.delete(key)
    })
  }

  async function projectEach(): Promise<void> {
    const rows = await database.read
      .selectFrom('repository')
      .selectAll()
      .where('id', 'in', (eb) => eb.selectFrom('protectedBranch').select('repositoryId'))
      .execute()
    for (const repository of rows) {
      if (isClosed) return
      const owner = await database.read
        .selectFrom('project')
        .selectAll()
        .where('id', '=', repository.projectId)
        .executeTakeFirst()
      if (owner !== undefined) await project(placeOf(root, { repository, project: owner }, 'admin'))
    }
  }

  // Many people who leave while all repositories are gone through are one reason to do so again, not many.
  let underWay = Promise.resolve()
  let next: Promise<void> | undefined

  return {
    project,
    projectAll() {
      next ??= underWay
        .catch(() => {})
        .then(() => {
          next = undefined
          return projectEach()
        })
      underWay = next
      return next
    },
    async close() {
      isClosed = true
      await Promise.allSettled([underWay, ...queues.values()])
    },
  }
}

/** Keys over SSH that signed pushes to this repository, each with the tap by which it was added. */
async function renderKeys(
  db: Db<PushTables | 'seal' | 'credentialRecord'>,
  repositoryId: Id<'rep'>,
  moved: readonly Id<'upd'>[],
): Promise<Map<string, Buffer>> {
  const keys = await listPushKeys(db, repositoryId, moved)
  if (keys.length === 0) return new Map()
  const seals = await listEnrolments(db, keys)
  const signers = [...new Set([...seals.values()].map(({ credentialRecordId }) => credentialRecordId))]
  const records =
    signers.length === 0
      ? []
      : await db.selectFrom('credentialRecord').select(['id', 'credentialId']).where('id', 'in', signers).execute()
  const credentialIds = new Map(records.map(({ id, credentialId }) => [id, credentialId]))
  const entries = keys.map((key) => {
    const seal = key.addedBy === null ? undefined : seals.get(key.addedBy)
    const credentialId = seal && credentialIds.get(seal.credentialRecordId)
    return sshKeyEntryOf(key, seal && credentialId ? { seal, credentialId } : undefined)
  })
  return renderSshKeys(entries, await listSshKeyEnds(db, repositoryId, keys))
}

/** The seals that count in a repository, with those of updates that git has just made. */
interface Counted {
  seals: readonly CountedSeal[]
  moved: readonly Id<'upd'>[]
}

/** Names everything that the two trees are rendered from. */
async function digestState(
  db: Parameters<typeof listSigners>[0],
  repositoryId: Id<'rep'>,
  { signers, seals, moved }: Counted & { signers: Map<string, Buffer> },
): Promise<string> {
  const protections = await db
    .selectFrom('protectedBranch')
    .select(['ref', 'baselineOid', 'protectSealId'])
    .where('repositoryId', '=', repositoryId)
    .execute()
  const pushes = await listCountedPushes(db, repositoryId, moved)
  const facts = [
    [...signers].map(([path, bytes]) => [path, blobOid(bytes)]),
    seals.map(({ id }) => id),
    pushes.map(({ digest }) => digest),
    protections,
  ]
  return hash('sha256', JSON.stringify(facts), 'hex')
}

/** Records are never changed, so only those not yet in the tree are rendered; protections are few and always are. */
async function renderNewSeals(
  db: Parameters<typeof listSigners>[0],
  { repository }: Pick<RepositoryPlace, 'repository'>,
  known: ReadonlyMap<string, string>,
  { seals, moved }: Counted,
): Promise<Map<string, Buffer>> {
  const fresh = seals.filter((seal) => !known.has(sealPath(seal.statementDigest)))
  const protections = await db
    .selectFrom('protectedBranch')
    .selectAll()
    .where('repositoryId', '=', repository.id)
    .execute()
  const digests = new Map(seals.map((seal) => [seal.id, seal.statementDigest]))
  const pushes = await listCountedPushes(db, repository.id, moved)
  const freshPushes = pushes.filter(({ digest }) => !known.has(pushPath(`sha256:${digest}`)))
  const files = renderSealsTree(
    await toRecords(db, fresh),
    protections.map((row): Protection => ({
      repositoryId: row.repositoryId,
      ref: row.ref,
      baseline: row.baselineOid,
      statementDigest: row.protectSealId === null ? null : (digests.get(row.protectSealId) ?? null),
      startedAt: renderTime(row.createdAt),
    })),
  )
  return new Map([...files, ...renderPushes(await readPushRecords(db, repository.id, freshPushes))])
}

async function toRecords(db: Db<'seal' | 'credentialRecord'>, counted: readonly CountedSeal[]): Promise<SealRecord[]> {
  const records: SealRecord[] = []
  for (let from = 0; from < counted.length; from += batch) {
    const rows = await db
      .selectFrom('seal')
      .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
      .selectAll('seal')
      .select('credentialRecord.credentialId')
      .where(
        'seal.id',
        'in',
        counted.slice(from, from + batch).map(({ id }) => id),
      )
      .execute()
    records.push(...rows.map((row) => sealRecordOf(row, row.credentialId)))
  }
  return records
}

// Below the number of parameters that either database takes in one statement.
const batch = 500
