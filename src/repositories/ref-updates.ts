import { type AuditActor, recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { RefUpdateTable, RepositoryTable, SealTable, Strength, TableName } from '../database/schema.ts'
import { conflict, ProblemError, tryAgain } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { checkStillHere } from '../identity/ending/check-still-here.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { baselineOf, recordBaseline } from './baseline.ts'
import { findOtherFirstPush } from './first-push.ts'
import { type Git, GitError } from './git.ts'
import { judgeRefUpdate, type RefUpdateFacts } from './judge-ref-update.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'
import { keepsFirstParents, readRef, updateRef } from './refs.ts'

export interface RefParts {
  database: Database
  git: Git
  now: () => number
}

/** With which credential a ref is moved. */
export type RefMethod = `${Caller['by']['kind']} ${string}` | `seal ${Id<'sea'>}` | 'system'

export function methodOf({ by }: Caller): RefMethod {
  switch (by.kind) {
    case 'session':
      return `session ${by.sessionId}`
    case 'token':
      return `token ${by.tokenId}`
    case 'grant':
      return `grant ${by.grantId}`
    case 'ssh-certificate':
      return `ssh-certificate ${by.certificateId}`
    default:
      return `${by.kind} ${by.keyId}`
  }
}

/** What else must become true in the transaction that says that a ref has moved, e.g. that a pull request is merged. */
export type RefDone = (tx: Tx<TableName>, row: RefUpdateTable) => Promise<void>

/** What must be there before anybody hears that these refs have moved: between git and that transaction. Never throws. */
export type RefMoved = (place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>

export interface RefMove {
  ref: string
  oldOid: string
  newOid: string
}

export interface NewRefUpdates {
  repositoryId: Id<'rep'>
  /** `sealed`: this one of several was tapped for. */
  moves: readonly (RefMove & { sealed?: Pick<SealTable, 'id' | 'strength'> })[]
  actorId: Id<'usr'>
  method: RefMethod
  strength: Strength
  sealId?: Id<'sea'>
  pullRequestId?: Id<'prq'>
  /** The signed commit, where the ref moves to one that a person sealed. */
  commitBytes?: Buffer
  at: number
}

/**
 * Transaction 1 of every ref that moves: what is about to happen, durable before git does anything. @throws 403 where the
 * access it was judged by has ended since
 */
export async function prepareRefUpdates(
  tx: Tx<'refUpdate' | 'user'>,
  wanted: NewRefUpdates,
): Promise<RefUpdateTable[]> {
  if (wanted.method !== 'system') await checkStillHere(tx, wanted.actorId)
  const batchId = newId('upd')
  const rows = wanted.moves.map(({ ref, oldOid, newOid, sealed }): RefUpdateTable => ({
    id: newId('upd'),
    batchId,
    repositoryId: wanted.repositoryId,
    ref,
    oldOid,
    newOid,
    actorId: wanted.actorId,
    method: sealed === undefined ? wanted.method : `seal ${sealed.id}`,
    strength: sealed?.strength ?? wanted.strength,
    sealId: sealed?.id ?? wanted.sealId ?? null,
    pullRequestId: wanted.pullRequestId ?? null,
    commitBytes: wanted.commitBytes?.toString('base64') ?? null,
    state: 'prepared',
    createdAt: wanted.at,
    finishedAt: null,
  }))
  for (const row of rows) await tx.insertInto('refUpdate').values(row).execute()
  return rows
}

export interface Settlement {
  repository: RepositoryTable
  /** `project/name`, for the events. */
  path: string
  /** Prepared rows, and whether git holds what they say. */
  outcomes: readonly { row: RefUpdateTable; hasMoved: boolean }[]
  at: number
  onDone?: RefDone | undefined
}

/**
 * Transaction 2: what git did becomes what the database says, with its events; the first branch of an empty repository
 * becomes its recorded baseline. Rows settled before are left alone. Returns the rows that are now done.
 */
export async function settleRefUpdates(tx: Tx<TableName>, settlement: Settlement): Promise<RefUpdateTable[]> {
  const { repository, path, outcomes, at, onDone } = settlement
  const done: RefUpdateTable[] = []
  for (const { row, hasMoved } of outcomes) {
    const settled = await tx
      .updateTable('refUpdate')
      .set({ state: hasMoved ? 'done' : 'abandoned', finishedAt: at })
      .where('id', '=', row.id)
      .where('state', '=', 'prepared')
      .returningAll()
      .executeTakeFirst()
    if (settled?.state !== 'done') continue
    done.push(settled)
    await recordEvent(tx, {
      action: row.oldOid === zeroOid ? 'ref.created' : row.newOid === zeroOid ? 'ref.deleted' : 'ref.updated',
      actor: { id: row.actorId, method: auditMethod(row.method), strength: row.strength },
      target: { kind: 'ref', id: row.ref },
      repositoryId: repository.id,
      facts: {
        repository: path,
        ref: row.ref,
        oldOid: row.oldOid,
        newOid: row.newOid,
        by: row.method,
        ...writtenFact(row),
      },
      at,
    })
    await onDone?.(tx, settled)
  }
  if (done.length > 0) {
    await tx.updateTable('repository').set({ pushedAt: at }).where('id', '=', repository.id).execute()
    await recordBaseline(tx, { repository, path, done, at })
  }
  return done
}

/** Its tap wrote a commit or a tag, and agreed to no change. */
const writtenFact = ({ sealId, commitBytes, pullRequestId }: RefUpdateTable) =>
  sealId !== null && commitBytes !== null && pullRequestId === null ? { tapFor: 'writing' } : {}

/** A method of a ref that moved, as events name it. */
export function auditMethod(method: string): AuditActor['method'] {
  const [kind = 'system'] = method.split(' ')
  return kind === 'seal' ? 'passkey' : (kind as AuditActor['method'])
}

/** Before transaction 2 of a first push, so that a clone made at once finds its branch. */
export async function pointHead(
  parts: RefParts,
  place: Pick<RepositoryPlace, 'repository' | 'folder'>,
  rows: readonly RefMove[],
): Promise<void> {
  const protections = await parts.database.read
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', place.repository.id)
    .execute()
  const start = protections.length === 0 ? baselineOf(rows, place.repository) : undefined
  if (start !== undefined) await parts.git.run(['symbolic-ref', 'HEAD', start.ref], { repository: place.folder })
}

export type MoveRef = RefParts & {
  place: RepositoryPlace
  door: RefUpdateFacts['door']
  ref: string
  oldOid: string
  newOid: string
  actor: Pick<Caller, 'id'>
  method: RefMethod
  strength: Strength
  sealId?: Id<'sea'>
  commitBytes?: Buffer
  pullRequestId?: Id<'prq'>
  /** Further writes of transaction 1, such as using up the seal. What it throws stops everything. */
  onPrepare?: (tx: Tx<TableName>) => Promise<Partial<Pick<NewRefUpdates, 'method' | 'strength'>> | void>
  onMoved?: RefMoved | undefined
  /** Give the same function to `reconcile`: after a crash it runs there. */
  onDone?: RefDone
}

/**
 * The one way by which the server itself moves a branch or tag: prepared in the database, moved by git if it is still
 * at `oldOid`, then done with its event. With `commitBytes` that commit or tag is written first; what it names must be there.
 * @throws ProblemError 403 by the rule, 409 `ref-moved` when somebody else was faster
 */
export async function moveRef(move: MoveRef): Promise<void> {
  const { database, git, now, place, ref, oldOid, newOid } = move
  if (move.commitBytes !== undefined) await writeObject(git, place.folder, move.commitBytes, newOid)
  const firstParents = await keepsFirstParents(git, place.folder, { oldOid, newOid })
  const rows = await database.write(async (tx) => {
    await checkRule(tx, move, firstParents)
    const proven = await move.onPrepare?.(tx)
    return prepareRefUpdates(tx, {
      repositoryId: place.repository.id,
      moves: [{ ref, oldOid, newOid }],
      actorId: move.actor.id,
      method: move.method,
      strength: move.strength,
      ...(move.sealId === undefined ? {} : { sealId: move.sealId }),
      ...(move.pullRequestId === undefined ? {} : { pullRequestId: move.pullRequestId }),
      ...(move.commitBytes === undefined ? {} : { commitBytes: move.commitBytes }),
      ...proven,
      at: now(),
    })
  })
  const refusal = await updateRef(git, place.folder, { ref, oldOid, newOid }).then(
    () => undefined,
    (error: unknown) => error,
  )
  // git may have moved it and then been killed: only the ref tells.
  const hasMoved = refusal === undefined || (await readRef(git, place.folder, ref)) === newOid
  if (hasMoved) await move.onMoved?.(place, rows)
  const outcomes = rows.map((row) => ({ row, hasMoved }))
  await database.write((tx) =>
    settleRefUpdates(tx, { repository: place.repository, path: place.path, outcomes, at: now(), onDone: move.onDone }),
  )
  if (!hasMoved) throw refMoved(ref, refusal)
}

/** By the protection of now, which cannot begin before this is prepared: see `protect-branch.ts`. */
async function checkRule(tx: Tx<TableName>, move: MoveRef, firstParents: boolean): Promise<void> {
  const { id } = move.place.repository
  await lockNumbers(tx, id)
  await checkMove(tx, move, firstParents)
  const raced = await findOtherFirstPush(tx, id, [move])
  if (raced !== undefined)
    throw conflict(raced.code, raced.sentences[0], { help: 'Wait a moment, look at it again and repeat.' })
}

/** The same, for whoever only asks: it may be otherwise a moment later. @throws ProblemError 403 by the rule */
export async function checkMove(
  db: Db<'protectedBranch'>,
  move: Pick<MoveRef, 'place' | 'door' | 'ref' | 'oldOid' | 'newOid'>,
  firstParents: boolean,
): Promise<void> {
  const { repository, role } = move.place
  const protections = await db
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', repository.id)
    .execute()
  const protectedRefs = protections.map(({ ref }) => ref)
  const facts: RefUpdateFacts = {
    door: move.door,
    ref: move.ref,
    oldOid: move.oldOid,
    newOid: move.newOid,
    role,
    defaultRef: `refs/heads/${repository.defaultBranch}`,
    isProtected: protectedRefs.includes(move.ref),
    protectedRefs,
    keepsFirstParents: firstParents,
  }
  const judgement = judgeRefUpdate(facts)
  if (judgement.outcome === 'allow') return
  const [what, help] = judgement.sentences
  throw new ProblemError(403, judgement.code, what, { help })
}

/** @throws where git names these bytes otherwise, so that nothing but what was signed can be merged */
export async function writeObject(git: Git, folder: string, bytes: Buffer, oid: string): Promise<void> {
  // A commit begins with its tree, a tag with what it tags.
  const type = bytes.subarray(0, 7).equals(Buffer.from('object ')) ? 'tag' : 'commit'
  const write = () => git.run(['hash-object', '-w', '-t', type, '--stdin'], { repository: folder, input: bytes })
  // A repack takes empty folders of objects away, also the one that git has just made for this: then once more.
  const { stdout } = await write().catch((error: unknown) => {
    if (error instanceof GitError && error.code === 'git-failed') return write()
    throw error
  })
  if (stdout.toString().trim() !== oid) throw new Error(`the ${type} is ${stdout.toString().trim()}, not ${oid}`)
}

const refMoved = (ref: string, cause: unknown): ProblemError => {
  if (!(cause instanceof GitError))
    return new ProblemError(500, 'internal', 'The reference could not be moved.', { help: tryAgain, cause })
  return conflict('ref-moved', `${ref.replace(/^refs\/(heads|tags)\//, '')} moved meanwhile.`, {
    help: 'Look at it again and repeat.',
    cause,
  })
}
