import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { listSessionRows } from '../identity/sessions.ts'
import type { AskedFrom } from './shapes.ts'

/** From where and with what a tap was asked for: the person who is to tap sees it, to know a theft from their own work. */
export interface Asked {
  address: string
  /** `session`, or with what a program asked: `token nightly`. */
  via: string
  /** User agent of the browser; empty for a program. */
  device?: string
  tokenId: Id<'tok'> | null
  grantId?: Id<'gra'> | null
}

/** What is known of a caller who asks. */
export async function askedBy(db: Db<'session'>, { address, by }: Pick<Caller, 'address' | 'by'>): Promise<Asked> {
  if (by.kind === 'session') {
    const session = await db.selectFrom('session').select('userAgent').where('id', '=', by.sessionId).executeTakeFirst()
    return { address, via: 'session', tokenId: null, device: session?.userAgent ?? '' }
  }
  return {
    address,
    via: `${by.kind} ${by.name}`,
    tokenId: by.kind === 'token' ? by.tokenId : null,
    grantId: by.kind === 'grant' ? by.grantId : null,
  }
}

const tokenPrefix = 'token '

/** As its person reads it. */
const kindWords: Partial<Record<Caller['by']['kind'], string>> = {
  grant: 'program',
  'ssh-key': 'SSH key',
  'ssh-certificate': 'SSH certificate',
  'deploy-key': 'deploy key',
}

export const askedColumns = (asked: Asked | undefined) => ({
  requestedFrom: asked?.address ?? '',
  requestedDevice: asked?.device ?? '',
  requestedVia: asked?.via ?? 'session',
  requestedToken: asked?.tokenId ?? null,
  requestedGrant: asked?.grantId ?? null,
})

/** The same as its person reads it; an address that whoever asked has no session from is worth a warning. */
export async function renderAskedFrom(
  db: Db<'session' | 'apiToken'>,
  row: SealRequestTable,
  now: number,
): Promise<AskedFrom> {
  const { requestedFrom: address, requestedVia, requestedToken, requestedBy, userId } = row
  const sessions = address === '' ? [] : await listSessionRows(db, requestedBy, now)
  return {
    address: address === '' ? null : address,
    device: row.requestedDevice === '' ? null : row.requestedDevice,
    isUnusual: address !== '' && !sessions.some((session) => session.address === address),
    tokenName: requestedToken === null ? null : requestedVia.slice(tokenPrefix.length),
    program: programOf(requestedVia),
    canEndToken: requestedToken !== null && requestedBy === userId && (await isLive(db, requestedToken)),
  }
}

function programOf(via: string): string | null {
  const [kind = '', ...name] = via.split(' ')
  const words = Object.entries(kindWords).find(([known]) => known === kind)?.[1]
  return words === undefined ? null : `${words} “${name.join(' ')}”`
}

async function isLive(db: Db<'apiToken'>, id: Id<'tok'>): Promise<boolean> {
  const row = await db
    .selectFrom('apiToken')
    .select('id')
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}
