import type { AdapterPayload } from 'oidc-provider'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OauthGrantTable, OauthStateTable } from '../database/schema.ts'
import { hashSecret } from '../http/secret.ts'
import { type Client, findClient } from './clients.ts'
import type { ClientCache } from './openid/client-cache.ts'
import type { OpenidClient } from './openid/find-client.ts'
import { parseScopes, type Scope } from './scopes.ts'

/** What a program asks somebody to let it do, while nobody has answered. */
export interface Asked {
  via: OauthGrantTable['via']
  client: Client
  /** An application that a device is to be signed on to; null for a program that is let in. */
  application: OpenidClient | null
  scopes: Scope[]
  /** It also wants to know who it is: OpenID Connect. */
  isOpenid: boolean
  askedFrom: string
  /** What the program that asks there calls itself, or the browser that it opened. */
  userAgent: string
  askedAt: number
  expiresAt: number
  /** Where the browser goes afterwards; null where a device waits. */
  redirectUri: string | null
  row: Pick<OauthStateTable, 'model' | 'idHash'>
  payload: AdapterPayload
}

/** An open request that began in this very browser. */
export const findInBrowser = (
  db: Db<'oauthState'>,
  { uid, browserHash }: { uid: string; browserHash: string },
  at: number,
): Promise<Asked | undefined> =>
  selectOpen(db, at)
    .where('model', '=', 'Interaction')
    .where('idHash', '=', hashSecret(uid))
    .where('browserHash', '=', browserHash)
    .executeTakeFirst()
    .then((row) => row && readAsked(row, { via: 'browser', application: null }))

/** What the device asks that shows this code. */
export async function findByUserCode(
  { db, clients }: { db: Db<'oauthState'>; clients: Pick<ClientCache, 'find'> },
  userCode: string,
  at: number,
): Promise<Asked | undefined> {
  const row = await selectOpen(db, at)
    .where('model', '=', 'DeviceCode')
    .where('userCodeHash', '=', hashSecret(normalise(userCode)))
    .executeTakeFirst()
  if (row === undefined) return undefined
  const application = await clients.find((JSON.parse(row.payload) as AdapterPayload).clientId ?? '')
  // Allowed when it asked, and still.
  if (application?.settings.deviceFlow === false) return undefined
  return readAsked(row, { via: 'device', application: application ?? null })
}

const selectOpen = (db: Db<'oauthState'>, at: number) =>
  db.selectFrom('oauthState').selectAll().where('grantId', 'is', null).where('expiresAt', '>', at)

/** As people type it: small letters, blanks, with or without the dash. */
const normalise = (userCode: string): string => userCode.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')

function readAsked(row: OauthStateTable, { via, application }: Pick<Asked, 'via' | 'application'>): Asked | undefined {
  const payload = JSON.parse(row.payload) as AdapterPayload
  const parameter = (name: string): string => {
    const value = payload.params?.[name]
    return typeof value === 'string' ? value : ''
  }
  const client =
    application === null
      ? findClient(via === 'device' ? (payload.clientId ?? '') : parameter('client_id'))
      : { id: application.application.id, name: application.application.name, scopes: [], redirectUris: [] }
  if (client === undefined) return undefined
  return {
    via,
    client,
    application,
    scopes: parseScopes(parameter('scope')).filter((scope) => client.scopes.includes(scope)),
    isOpenid: parameter('scope').split(' ').includes('openid'),
    askedFrom: row.askedFrom,
    userAgent: typeof payload['userAgent'] === 'string' ? payload['userAgent'] : '',
    askedAt: row.createdAt,
    expiresAt: row.expiresAt,
    redirectUri: via === 'device' ? null : parameter('redirect_uri'),
    row,
    payload,
  }
}

/**
 * Answers it, once: neither the browser's mark nor the code finds it again. Returns whether nobody had answered before.
 */
export async function settleAsked(
  tx: Tx<'oauthState'>,
  { row, payload, via }: Asked,
  answer: { grantId: Id<'gra'> | null; changes: Partial<AdapterPayload> },
): Promise<boolean> {
  const open = via === 'device' ? 'userCodeHash' : 'browserHash'
  const settled = await tx
    .updateTable('oauthState')
    .set({
      payload: JSON.stringify({ ...payload, ...answer.changes }),
      grantId: answer.grantId,
      userCodeHash: null,
      browserHash: null,
    })
    .where('model', '=', row.model)
    .where('idHash', '=', row.idHash)
    .where(open, 'is not', null)
    .returning('model')
    .executeTakeFirst()
  return settled !== undefined
}
