import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { BranchRule } from './branch-rule.ts'

/** What a rule names by id: groups, people and API tokens. What does not exist is left out. */
export interface RuleNames {
  /** With their active people, each of whom could stand for the group. */
  groups: ReadonlyMap<string, { name: string; members: number }>
  /** Those who still have access. */
  people: ReadonlyMap<string, { name: string; isPerson: boolean }>
  tokens: ReadonlyMap<string, { name: string; isActive: boolean }>
}

export async function readRuleNames(
  db: Db<'userGroup' | 'groupMember' | 'user' | 'apiToken'>,
  rules: readonly BranchRule[],
  at: number,
): Promise<RuleNames> {
  const bypass = rules.flatMap((rule) => rule.bypass.map((named) => named.split(':')))
  const groupIds = [
    ...rules.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)),
    ...bypass.flatMap(([kind, id]) => (kind === 'group' && id !== undefined ? [id] : [])),
  ]
  const userIds = bypass.flatMap(([kind, id]) => (kind === 'user' && id !== undefined ? [id] : []))
  const tokenIds = rules.flatMap(({ checks }) => checks.flatMap((check) => check.tokenIds ?? []))
  return {
    groups: await readGroups(db, groupIds as Id<'grp'>[]),
    people: await readPeople(db, userIds as Id<'usr'>[]),
    tokens: await readTokens(db, tokenIds as Id<'tok'>[], at),
  }
}

async function readGroups(
  db: Db<'userGroup' | 'groupMember'>,
  ids: readonly Id<'grp'>[],
): Promise<RuleNames['groups']> {
  if (ids.length === 0) return new Map()
  const groups = await db.selectFrom('userGroup').select(['id', 'name']).where('id', 'in', ids).execute()
  const members = await db
    .selectFrom('groupMember')
    .select(['groupId', 'userId'])
    .where('groupId', 'in', ids)
    .where('userId', 'in', (eb) =>
      eb.selectFrom('user').select('id').where('state', '=', 'active').where('kind', '=', 'person'),
    )
    .execute()
  return new Map(
    groups.map(({ id, name }) => [id, { name, members: members.filter(({ groupId }) => groupId === id).length }]),
  )
}

async function readPeople(db: Db<'user'>, ids: readonly Id<'usr'>[]): Promise<RuleNames['people']> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .select(['id', 'username', 'kind'])
    .where('id', 'in', ids)
    .where('state', '=', 'active')
    .execute()
  return new Map(rows.map(({ id, username, kind }) => [id, { name: username, isPerson: kind === 'person' }]))
}

async function readTokens(
  db: Db<'apiToken' | 'user'>,
  ids: readonly Id<'tok'>[],
  at: number,
): Promise<RuleNames['tokens']> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('apiToken')
    .innerJoin('user', 'user.id', 'apiToken.userId')
    .select(['apiToken.id', 'apiToken.name', 'apiToken.endedAt', 'apiToken.expiresAt', 'user.username', 'user.state'])
    .where('apiToken.id', 'in', ids)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        name: `${row.name} of ${row.username}`,
        isActive: row.endedAt === null && row.expiresAt > at && row.state === 'active',
      },
    ]),
  )
}

/** The same as plain words by id, for whoever shows the rule. */
export const renderRuleNames = ({ groups, people, tokens }: RuleNames): Record<string, string> =>
  Object.fromEntries([...groups, ...people, ...tokens].map(([id, { name }]) => [id, name]))
