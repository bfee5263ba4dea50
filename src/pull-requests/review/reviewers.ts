import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ReviewerRequestTable, TableName } from '../../database/schema.ts'
import { conflict, forbidden, invalid } from '../../http/problem.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { listUserRoles } from '../../repositories/user-roles.ts'
import type { ReviewParts } from './review-parts.ts'
import { getPullRequest, proposeAnother, type PullRequest } from '../records.ts'
import { noteReview } from './note.ts'
import { mayTend } from './speaker.ts'
import type { InReview } from './in-review.ts'

export interface Asked {
  kind: 'user' | 'group'
  id: string
  name: string
}

/**
 * Whose review is asked for, from now on exactly these. Who is new is told by an event each, of a draft once it is ready.
 * @throws 403, 409, 422
 */
export async function requestReviewers(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  wanted: { users: readonly string[]; groups: readonly string[] },
): Promise<void> {
  await database.write(async (tx) => {
    const row = await getPullRequest(tx, place.repository.id, number)
    if (!mayTend(place, row, caller))
      throw forbidden('Only whoever proposed this, or may write here, can ask for reviews.', 'Ask one of them.')
    if (row.state !== 'open')
      throw conflict(row.state, `This is ${row.state}: nobody needs to review it any more.`, {
        help: row.state === 'closed' ? 'Reopen it first.' : proposeAnother,
      })
    const asked = [...(await getUsers(tx, place, row, wanted.users)), ...(await getGroups(tx, wanted.groups))]
    const before = await listRequests(tx, row.id)
    const isIn = (list: readonly { kind: string; id: string }[], { kind, id }: { kind: string; id: string }): boolean =>
      list.some((other) => other.kind === kind && other.id === id)
    for (const gone of before.filter((request) => !isIn(asked, request))) await forget(tx, row, gone)
    const at = now()
    for (const { kind, id, name } of asked.filter((request) => !isIn(before, request))) {
      const subjectId = id as ReviewerRequestTable['subjectId']
      const isAsked = row.isDraft === 1 ? 0 : 1
      const request = { pullRequestId: row.id, subjectKind: kind, subjectId, isAsked } as const
      await tx
        .insertInto('reviewerRequest')
        .values({ ...request, createdBy: caller.id, createdAt: at })
        .execute()
      if (isAsked === 1) await noteAsked(tx, { place, caller }, row, { kind, id, name }, at)
    }
  })
}

/** Those who were chosen while it was a draft are asked now. Who may not read here by now, or is gone, is left out. */
export async function askChosen(
  tx: Tx<TableName>,
  by: Pick<InReview, 'place' | 'caller'>,
  row: PullRequest,
  at: number,
): Promise<void> {
  const chosen = (await listRequests(tx, row.id)).filter(({ isAsked }) => !isAsked)
  const idsOf = (wanted: Asked['kind']): string[] => chosen.flatMap(({ kind, id }) => (kind === wanted ? [id] : []))
  const users = await findUsers(tx, idsOf('user'))
  const roles = await listUserRoles(tx, by.place.repository, users)
  const names = new Map<string, string>([
    ...users.filter(({ id }) => roles.has(id)).map(({ id, username }) => [id, username] as const),
    ...(await findGroups(tx, idsOf('group'))).map(({ id, name }) => [id, name] as const),
  ])
  for (const { kind, id } of chosen) {
    const name = names.get(id)
    if (name === undefined) {
      await forget(tx, row, { kind, id })
      continue
    }
    await tx
      .updateTable('reviewerRequest')
      .set({ isAsked: 1 })
      .where('pullRequestId', '=', row.id)
      .where('subjectKind', '=', kind)
      .where('subjectId', '=', id as ReviewerRequestTable['subjectId'])
      .execute()
    await noteAsked(tx, by, row, { kind, id, name }, at)
  }
}

const noteAsked = (
  tx: Tx<TableName>,
  { place, caller }: Pick<InReview, 'place' | 'caller'>,
  row: PullRequest,
  { kind, id, name }: Asked,
  at: number,
): Promise<void> =>
  noteReview(
    tx,
    { path: place.path, row },
    { action: 'review.requested', caller, facts: { reviewer: name, kind, reviewerId: id }, at },
  )

const forget = (tx: Tx<TableName>, row: PullRequest, { kind, id }: { kind: 'user' | 'group'; id: string }) =>
  tx
    .deleteFrom('reviewerRequest')
    .where('pullRequestId', '=', row.id)
    .where('subjectKind', '=', kind)
    .where('subjectId', '=', id as ReviewerRequestTable['subjectId'])
    .execute()

/** In the order in which they were asked. */
export async function listRequests(
  db: Db<'reviewerRequest'>,
  pullRequestId: Id<'prq'>,
): Promise<{ kind: 'user' | 'group'; id: string; isAsked: boolean }[]> {
  const rows = await db
    .selectFrom('reviewerRequest')
    .select(['subjectKind', 'subjectId', 'isAsked'])
    .where('pullRequestId', '=', pullRequestId)
    .orderBy('createdAt')
    .orderBy('subjectId')
    .execute()
  return rows.map(({ subjectKind, subjectId, isAsked }) => ({
    kind: subjectKind,
    id: subjectId,
    isAsked: isAsked === 1,
  }))
}

/** @throws 422 for who does not exist, may not read here, or proposed this */
async function getUsers(
  tx: Tx<TableName>,
  place: RepositoryPlace,
  row: PullRequest,
  ids: readonly string[],
): Promise<Asked[]> {
  const wanted = [...new Set(ids)]
  const users = await findUsers(tx, wanted)
  const roles = await listUserRoles(tx, place.repository, users)
  return wanted.map((id) => {
    const user = users.find((other) => other.id === id)
    if (user === undefined || user.state !== 'active')
      throw invalid('users', 'One of these people is not there. Look at the list again.')
    if (id === row.authorId) throw invalid('users', 'Nobody reviews their own work. Ask somebody else.')
    if (!roles.has(id))
      throw invalid(
        'users',
        `${user.username} may not read this repository. Give them a role here first, or ask somebody else.`,
      )
    return { kind: 'user', id, name: user.username }
  })
}

async function getGroups(tx: Tx<TableName>, ids: readonly string[]): Promise<Asked[]> {
  const wanted = [...new Set(ids)]
  const groups = await findGroups(tx, wanted)
  return wanted.map((id) => {
    const group = groups.find((other) => other.id === id)
    if (group === undefined) throw invalid('groups', 'One of these groups is not there. Look at the list again.')
    return { kind: 'group', id, name: group.name }
  })
}

const findUsers = async (db: Db<'user'>, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : await db
        .selectFrom('user')
        .select(['id', 'username', 'role', 'state'])
        .where('id', 'in', ids as Id<'usr'>[])
        .where('kind', '!=', 'system')
        .execute()

const findGroups = async (db: Db<'userGroup'>, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : await db
        .selectFrom('userGroup')
        .select(['id', 'name'])
        .where('id', 'in', ids as Id<'grp'>[])
        .execute()
