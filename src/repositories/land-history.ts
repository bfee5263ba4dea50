import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RefUpdateTable, Strength, TableName } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { GitError } from './git.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import { pointHead, prepareRefUpdates, type RefMethod, type RefParts, settleRefUpdates } from './ref-updates.ts'

export interface ForeignHistory {
  /** The object folder that holds all of it, checked, in packs; on the file system of the repositories. */
  objects: string
  /** Branches and tags, full names. */
  refs: readonly { ref: string; oid: string }[]
  /** Short name; protection begins with it. */
  defaultBranch: string
}

// As many as one transaction may hold others up for.
const batch = 500

/**
 * A whole history from elsewhere lands in an empty repository like a first push: objects first, then refs, each
 * prepared, moved and settled, protection beginning with the default branch. Landing the same again changes nothing, so
 * that a landing that was cut off can be repeated. @throws ProblemError 409 `not-empty` where others have pushed
 */
export async function landHistory(
  parts: RefParts,
  wanted: {
    place: RepositoryPlace
    actorId: Id<'usr'>
    method: RefMethod
    strength: Strength
    history: ForeignHistory
  },
): Promise<void> {
  const { place, history } = wanted
  const defaultRef = `refs/heads/${history.defaultBranch}`
  const there = await listAll(parts, place)
  const coming = new Map(history.refs.map(({ ref, oid }) => [ref, oid]))
  if ([...there].some(([ref, oid]) => coming.get(ref) !== oid)) throw notEmpty()
  const missing = history.refs
    .filter(({ ref }) => !there.has(ref))
    .toSorted((one, other) => Number(other.ref === defaultRef) - Number(one.ref === defaultRef))
  await movePacks(history.objects, join(place.folder, 'objects'))
  const target = { ...place, repository: { ...place.repository, defaultBranch: history.defaultBranch } }
  for (let from = 0; from < missing.length; from += batch) {
    const moves = missing.slice(from, from + batch).map(({ ref, oid }) => ({ ref, oldOid: zeroOid, newOid: oid }))
    const isFirst = there.size === 0 && from === 0
    const rows = await parts.database.write(async (tx) => {
      await lockNumbers(tx, place.repository.id)
      if (isFirst) await beginEmpty(tx, target)
      return prepareRefUpdates(tx, { ...wanted, repositoryId: place.repository.id, moves, at: parts.now() })
    })
    await createRefs(parts, target, rows)
  }
}

async function beginEmpty(tx: Tx<TableName>, { repository }: RepositoryPlace): Promise<void> {
  const begun = await tx
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repository.id)
    .where('state', '!=', 'abandoned')
    .executeTakeFirst()
  if (begun !== undefined) throw notEmpty()
  await tx
    .updateTable('repository')
    .set({ defaultBranch: repository.defaultBranch })
    .where('id', '=', repository.id)
    .execute()
}

async function createRefs(parts: RefParts, place: RepositoryPlace, rows: readonly RefUpdateTable[]): Promise<void> {
  const { database, git, now } = parts
  const commands = rows.map(({ ref, newOid }) => `create ${ref}\0${newOid}\0`).join('')
  const refusal = await git
    .run(['update-ref', '--no-deref', '--stdin', '-z'], {
      repository: place.folder,
      input: `start\0${commands}prepare\0commit\0`,
      timeoutMs: 10 * 60_000,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  const tips = await listAll(parts, place)
  const outcomes = rows.map((row) => ({ row, hasMoved: tips.get(row.ref) === row.newOid }))
  await pointHead(
    parts,
    place,
    outcomes.filter(({ hasMoved }) => hasMoved).map(({ row }) => row),
  )
  await database.write((tx) =>
    settleRefUpdates(tx, { repository: place.repository, path: place.path, outcomes, at: now() }),
  )
  if (outcomes.every(({ hasMoved }) => hasMoved)) return
  throw refusal instanceof GitError ? notEmpty(refusal) : refusal
}

async function listAll({ git }: RefParts, { folder }: RepositoryPlace): Promise<Map<string, string>> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/'], {
    repository: folder,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const lines = stdout.toString().split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

/** The index goes last: a pack without one is nothing to git, and one with it must be whole. */
export async function movePacks(from: string, to: string): Promise<void> {
  const names = await readdir(join(from, 'pack'))
  const order = ['.pack', '.rev', '.idx']
  await mkdir(join(to, 'pack'), { recursive: true })
  for (const end of order)
    for (const name of names.filter((each) => each.startsWith('pack-') && each.endsWith(end)))
      await rename(join(from, 'pack', name), join(to, 'pack', name))
  await using folder = await open(join(to, 'pack'))
  await folder.sync()
}

const notEmpty = (cause?: unknown) =>
  conflict('not-empty', 'Somebody pushed to this repository meanwhile, so the history was not put there.', {
    help: 'Import it under another name.',
    cause,
  })
