import type { Db } from '../database/handles.ts'
import type { PermissionTable } from '../database/schema.ts'
import { notFound, conflict } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { listPersonRefs } from '../identity/users.ts'
import { allowedSignersLine } from '../seals/format/allowed-signers.ts'
import { sealRecordToJson } from '../seals/format/seal-record.ts'
import { renderSignerEntry } from '../seals/format/signer-entry.ts'
import { sealRecordOf, signerEntryOf } from '../seals/stored-seal.ts'
import { getPermission } from './ask-permission.ts'
import type { PermissionReceipt, PermissionView } from './shapes.ts'

type Tables = 'permission' | 'sealRequest' | 'seal' | 'user' | 'credentialRecord'

/** For the agent that asked, whoever answers for it, and whoever was asked. @throws 404 for everybody else */
export async function getOwnPermission(db: Db<Tables>, caller: Caller, id: string): Promise<PermissionTable> {
  const row = await getPermission(db, id)
  if (caller.by.kind !== 'session') {
    if (caller.by.kind === 'token' && row.tokenId === caller.by.tokenId) return row
    throw notFound('This permission')
  }
  const asked = await db
    .selectFrom('sealRequest')
    .select('id')
    .where('about', '=', row.id)
    .where('userId', '=', caller.id)
    .executeTakeFirst()
  const agent = await db.selectFrom('user').select('ownerId').where('id', '=', row.agentId).executeTakeFirst()
  if (asked === undefined && agent?.ownerId !== caller.id) throw notFound('This permission')
  return row
}

export async function renderPermission(db: Db<Tables>, row: PermissionTable, now: number): Promise<PermissionView> {
  const requests = await db
    .selectFrom('sealRequest')
    .select(['id', 'state'])
    .where('about', '=', row.id)
    .orderBy('id')
    .execute()
  const seal =
    row.sealId === null
      ? undefined
      : await db.selectFrom('seal').select('userId').where('id', '=', row.sealId).executeTakeFirst()
  const people = await listPersonRefs(db, [row.agentId, seal?.userId ?? null])
  const isOpen = now < row.expiresAt && requests.some(({ state }) => state === 'open')
  const isRefused = requests.some(({ state }) => state === 'refused')
  return {
    id: row.id,
    agent: people.get(row.agentId) ?? { id: row.agentId, username: '', displayName: '' },
    title: row.title,
    group: row.askedGroup,
    state: seal !== undefined ? 'given' : isOpen ? 'waiting' : isRefused ? 'refused' : 'expired',
    sealRequests: requests.map(({ id }) => id),
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    givenBy: (seal && people.get(seal.userId)) ?? null,
  }
}

/** @throws 409 while nobody has allowed it */
export async function readReceipt(db: Db<Tables>, row: PermissionTable): Promise<PermissionReceipt> {
  const seal =
    row.sealId === null
      ? undefined
      : await db.selectFrom('seal').selectAll().where('id', '=', row.sealId).executeTakeFirst()
  if (seal === undefined)
    throw conflict('not-given', 'Nobody has allowed this yet.', { help: 'Ask again once somebody has tapped.' })
  const record = await db
    .selectFrom('credentialRecord')
    .selectAll()
    .where('id', '=', seal.credentialRecordId)
    .executeTakeFirstOrThrow()
  const user = (await listPersonRefs(db, [seal.userId])).get(seal.userId)
  if (user === undefined) throw new Error('a seal without its person')
  const signer = signerEntryOf({ record, user, endorsement: null, endingSeal: null, sealedAt: [seal.origin] })
  return {
    version: 1,
    id: row.id,
    body: row.body,
    seal: sealRecordToJson(sealRecordOf(seal, record.credentialId)),
    signer: JSON.parse(renderSignerEntry(signer).toString()) as unknown,
    allowedSigner: allowedSignersLine(signer) ?? null,
  }
}
