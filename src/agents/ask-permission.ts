import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { recordEvent } from '../audit/record.ts'
import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { PermissionTable, UserTable } from '../database/schema.ts'
import { conflict, notFound } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { askedBy } from '../seals/asked-from.ts'
import { draftAct } from '../seals/format/draft.ts'
import { createSealRequest } from '../seals/requests.ts'
import type { NewPermission } from './shapes.ts'

export const PERMIT = 'agent.permit'
export const permitQuestion = { act: PERMIT, place: null } as const

const minuteMs = 60_000
const usualMinutes = 60
/** In a larger group nobody knows who is meant. */
const mostAsked = 20

type Asked = Pick<UserTable, 'id' | 'username'>

/** Who is asked: whoever answers for the agent, or every active person of the group. @throws 404, 409 */
async function listAsked(db: Db<'user' | 'groupMember'>, agent: Caller, group: string | undefined): Promise<Asked[]> {
  const people = db.selectFrom('user').where('user.kind', '=', 'person').where('user.state', '=', 'active')
  if (group === undefined)
    return people
      .select(['user.id', 'user.username'])
      .where('user.id', 'in', (eb) =>
        eb.selectFrom('user as agent').select('agent.ownerId').where('agent.id', '=', agent.id),
      )
      .execute()
  const known = await membersOf(db, group).select('userGroup.id').executeTakeFirst()
  if (known === undefined) throw notFound('This group, or somebody in it')
  const members = await people
    .innerJoin('groupMember', 'groupMember.userId', 'user.id')
    .select(['user.id', 'user.username'])
    .where('groupMember.groupId', '=', known.id)
    .orderBy('user.username')
    .limit(mostAsked + 1)
    .execute()
  if (members.length > mostAsked)
    throw conflict('group-too-large', `An agent asks groups of at most ${mostAsked} people.`, {
      help: 'Ask a smaller group, or whoever answers for the agent.',
    })
  return members
}

const membersOf = (db: Db<'groupMember'>, group: string) =>
  db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .where((eb) => eb(eb.fn<string>('lower', ['userGroup.name']), '=', group.toLowerCase()))

/** Whether somebody who was asked would be asked now: they may have left the group, or somebody else answers for the agent. */
export async function isStillAsked(
  db: Db<'user' | 'groupMember'>,
  { askedGroup }: Pick<PermissionTable, 'askedGroup'>,
  { agent, userId }: { agent: Pick<UserTable, 'ownerId'>; userId: UserTable['id'] },
): Promise<boolean> {
  if (askedGroup === null) return agent.ownerId === userId
  const member = await membersOf(db, askedGroup)
    .select('groupMember.userId')
    .where('groupMember.userId', '=', userId)
    .executeTakeFirst()
  return member !== undefined
}

/**
 * Asks people to allow something: one seal request for each, of which the first tap counts. The agent itself can do
 * nothing with a tap but carry its receipt on. @throws 404, 409, 429
 */
export async function askPermission(
  { database, policy, now }: Pick<Ceremonies, 'database' | 'policy' | 'now'>,
  agent: Caller & { by: { kind: 'token' } },
  wanted: NewPermission,
): Promise<PermissionTable> {
  const { group, expiresInMinutes = usualMinutes, ...asked } = wanted
  const lifetimeMs = expiresInMinutes * minuteMs
  return database.write(async (tx) => {
    const at = now()
    const people = await listAsked(tx, agent, group)
    if (people.length === 0)
      throw conflict('nobody-to-ask', 'There is nobody who could allow this.', {
        help: 'Ask another group, or whoever answers for the agent.',
      })
    const id = newId('prm')
    const body = canonicalize({ version: 1, id, agent: agent.username, ...asked }) ?? ''
    const row: PermissionTable = {
      id,
      agentId: agent.id,
      tokenId: agent.by.tokenId,
      askedGroup: group ?? null,
      title: asked.title,
      body,
      digest: `sha256:${hash('sha256', body, 'hex')}`,
      createdAt: at,
      expiresAt: at + lifetimeMs,
      sealId: null,
    }
    await tx.insertInto('permission').values(row).execute()
    for (const person of people) await ask(tx, person, row)
    await recordEvent(tx, {
      action: 'permission.asked',
      actor: actorOf(agent),
      target: { kind: 'permission', id },
      facts: { agent: agent.username, title: row.title, digest: row.digest, people: people.length },
      at,
    })
    return row
  })

  async function ask(tx: Tx<'sealRequest'>, person: Asked, row: PermissionTable): Promise<void> {
    const title = `Allow the agent ${agent.username}: ${row.title}`
    await createSealRequest(tx, {
      userId: person.id,
      requestedBy: agent.id,
      action: PERMIT,
      repositoryId: null,
      about: row.id,
      lifetimeMs,
      asked: await askedBy(tx, agent),
      draft: {
        statement: draftAct(
          {
            signer: { userId: person.id, username: person.username },
            requestedBy: agent.id,
            policyDigest: policy.current().digest,
            issuedAt: row.createdAt,
            notAfter: row.expiresAt,
          },
          {
            action: PERMIT,
            act: {
              method: 'POST',
              route: '/api/v1/permissions',
              parameters: { agent: agent.username, permission: row.id },
              bodyDigest: row.digest,
              title,
            },
            subjects: asked.subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
          },
        ),
        question: permitQuestion,
        stockVerifiableOnly: false,
      },
      facts: {
        title,
        rows: [
          { label: 'Asked by', value: `${agent.displayName} (${agent.username}), a program`, kind: 'text' },
          ...asked.details.map(({ label, value }) => ({ label, value, kind: 'text' as const })),
          ...asked.subjects.map(({ name, sha256 }) => ({ label: name, value: sha256, kind: 'digest' as const })),
          { label: 'Your yes is good until', value: String(row.expiresAt), kind: 'time' },
        ],
        warnings: ['The words above are the program’s own. What is done with your yes, nobody here can see.'],
      },
      at: row.createdAt,
    })
  }
}

export async function getPermission(db: Db<'permission'>, id: string): Promise<PermissionTable> {
  const row = await db
    .selectFrom('permission')
    .selectAll()
    .where('id', '=', id as Id<'prm'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This permission')
  return row
}
