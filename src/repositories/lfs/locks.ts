import type { Database, Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import { recordEvent } from '../../audit/record.ts'
import { forbidden, notFound, ProblemError } from '../../http/problem.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import { findOwnRole } from '../access.ts'
import { lockNumbers } from '../next-number.ts'
import type { RepositoryPlace } from '../place.ts'
import { checkStillWrites } from '../push-standing.ts'

/** git-lfs docs/api/locking.md: the answer's form of a lock. */
export interface LfsLock {
  id: Id<'lck'>
  path: string
  /** RFC 3339. */
  locked_at: string
  owner: { name: string }
}

/** Of one repository; nobody works on more files at once. */
const mostLocks = 10_000
const mostListed = 100

interface LockParts {
  database: Pick<Database, 'write'>
  caller: Caller
  now: () => number
}

/**
 * Says of a file that the caller works on it; it need not be there yet. Where somebody does already, theirs is returned
 * and none is made. @throws 422 where this is no path, or there are too many locks
 */
export async function takeLfsLock(
  { database, caller, now }: LockParts,
  place: RepositoryPlace,
  path: string,
): Promise<{ lock: LfsLock; isNew: boolean }> {
  checkPath(path)
  const { repository, path: repositoryPath } = place
  return database.write(async (tx) => {
    // Two who lock the same file queue here, so that the second finds the first.
    await lockNumbers(tx, repository.id)
    await checkStillWrites(tx, place, caller)
    const [held] = await lockRows(tx, repository.id).where('lfsLock.path', '=', path).execute()
    if (held !== undefined) return { lock: shown(held), isNew: false }
    await checkRoom(tx, repository.id)
    const row = { id: newId('lck'), repositoryId: repository.id, path, lockedAt: now(), lockedBy: caller.id }
    await tx.insertInto('lfsLock').values(row).execute()
    await recordEvent(tx, {
      action: 'lfs-lock.taken',
      actor: actorOf(caller),
      target: { kind: 'repository', id: repository.id },
      repositoryId: repository.id,
      facts: { repository: repositoryPath, path },
      at: row.lockedAt,
    })
    return { lock: shown({ ...row, username: caller.username }), isNew: true }
  })
}

/** Takes a lock away: one's own, or by force anybody's, as an administrator. @throws 403, 404 */
export async function releaseLfsLock(
  { database, caller, now }: LockParts,
  place: RepositoryPlace,
  { id, isForced }: { id: string; isForced: boolean },
): Promise<LfsLock> {
  const { repository, path: repositoryPath } = place
  return database.write(async (tx) => {
    await lockNumbers(tx, repository.id)
    await checkStillWrites(tx, place, caller)
    const [held] = await lockRows(tx, repository.id)
      .where('lfsLock.id', '=', id as Id<'lck'>)
      .execute()
    if (held === undefined) throw notFound('This lock')
    const isOwn = held.lockedBy === caller.id
    // The person's role: git-lfs comes with a token for pushing, and no token has more than that.
    const isAdministrator = (await findOwnRole(tx, caller, repository)) === 'admin'
    if (!isOwn && !(isForced && isAdministrator)) throw notYours(held, isAdministrator)
    await tx.deleteFrom('lfsLock').where('id', '=', held.id).execute()
    await recordEvent(tx, {
      action: isOwn ? 'lfs-lock.released' : 'lfs-lock.broken',
      actor: actorOf(caller),
      target: { kind: 'repository', id: repository.id },
      repositoryId: repository.id,
      facts: { repository: repositoryPath, path: held.path, ...(isOwn ? {} : { holder: held.username }) },
      at: now(),
    })
    return shown(held)
  })
}

/** By their paths, the caller's and the others'. @throws 422 for a cursor that none was given out as */
export async function listLfsLocks(
  db: Db<'lfsLock' | 'user'>,
  repositoryId: Id<'rep'>,
  asked: { path?: string; id?: string; cursor?: string; limit?: number },
): Promise<{ locks: { lock: LfsLock; lockedBy: Id<'usr'> }[]; next: { next_cursor?: string } }> {
  const limit = Math.min(Math.max(asked.limit ?? mostListed, 1), mostListed)
  let query = lockRows(db, repositoryId)
  if (asked.path !== undefined) query = query.where('lfsLock.path', '=', asked.path)
  if (asked.id !== undefined) query = query.where('lfsLock.id', '=', asked.id as Id<'lck'>)
  if (asked.cursor !== undefined) query = query.where('lfsLock.id', '>', asked.cursor as Id<'lck'>)
  const rows = await query
    .orderBy('lfsLock.id')
    .limit(limit + 1)
    .execute()
  const listed = rows.slice(0, limit)
  const last = rows.length > limit ? listed.at(-1) : undefined
  return {
    locks: listed.map((row) => ({ lock: shown(row), lockedBy: row.lockedBy })),
    next: last === undefined ? {} : { next_cursor: last.id },
  }
}

const lockRows = (db: Db<'lfsLock' | 'user'>, repositoryId: Id<'rep'>) =>
  db
    .selectFrom('lfsLock')
    .innerJoin('user', 'user.id', 'lfsLock.lockedBy')
    .select(['lfsLock.id', 'lfsLock.path', 'lockedAt', 'lockedBy', 'username'])
    .where('lfsLock.repositoryId', '=', repositoryId)

type Row = { id: Id<'lck'>; path: string; lockedAt: number; username: string }

const shown = ({ id, path, lockedAt, username }: Row): LfsLock => ({
  id,
  path,
  locked_at: new Date(lockedAt).toISOString(),
  owner: { name: username },
})

async function checkRoom(tx: Tx<'lfsLock'>, repositoryId: Id<'rep'>): Promise<void> {
  const { count } = await tx
    .selectFrom('lfsLock')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('repositoryId', '=', repositoryId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= mostLocks)
    throw new ProblemError(422, 'too-many-locks', `This repository has ${mostLocks} locks, which is the most.`, {
      help: 'Unlock what nobody works on: git lfs locks lists them.',
    })
}

/** As a tree has it. What is written to somebody else's terminal holds no control characters. */
function checkPath(path: string): void {
  const parts = path.split('/')
  const isPath = path.length <= 4096 && !/\p{Cc}/u.test(path) && !parts.some((part) => ['', '.', '..'].includes(part))
  if (!isPath)
    throw new ProblemError(422, 'invalid-input', 'This is not the path of a file.', {
      help: 'Lock a file by its path in the repository, e.g. git lfs lock assets/cover.psd.',
    })
}

const notYours = ({ path, username }: { path: string; username: string }, isAdministrator: boolean) =>
  forbidden(
    `${username} locked ${path}.`,
    isAdministrator ? 'Ask them, or take it away: git lfs unlock --force.' : 'Ask them, or an administrator.',
  )
