import type { Database, Db, Tx } from '../../database/handles.ts'
import { orUniqueViolation, UniqueViolation } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { SamlRequestTable } from '../../database/schema.ts'
import type { AuthnRequest } from '../../protocols/saml/parse-authn-request.ts'

/** What is kept of a request while somebody signs in, judged already. */
export interface AskedBySaml {
  acsUrl: string
  forceAuthn: boolean
  isPassive: boolean
  nameId: 'persistent' | 'transient' | null
  requestedContext: AuthnRequest['requestedContext']
}

export interface SamlRequest {
  id: Id<'sar'>
  applicationId: Id<'app'>
  requestId: string
  asked: AskedBySaml
  relayState: string | null
  receivedAt: number
}

/** Longer than a request may be old, so that it is known for as long as it could come again. */
export const keptMs = 15 * 60_000

/**
 * Keeps a request under an id of ours. One that came before leads to the same row while nobody was answered: a page that
 * is loaded again. Undefined where it was answered.
 */
export async function keepRequest(
  database: Database,
  wanted: Omit<SamlRequest, 'id' | 'receivedAt'>,
  at: number,
): Promise<Id<'sar'> | undefined> {
  const { applicationId, requestId, relayState, asked } = wanted
  const id = newId('sar')
  const row = { id, applicationId, requestId, relayState, asked: JSON.stringify(asked) }
  try {
    await database.write(async (tx) => {
      await tx.deleteFrom('samlRequest').where('expiresAt', '<=', at).execute()
      await orUniqueViolation(
        tx
          .insertInto('samlRequest')
          .values({ ...row, receivedAt: at, expiresAt: at + keptMs, answeredAt: null })
          .execute(),
      )
    })
    return id
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
  }
  const known = await database.read
    .selectFrom('samlRequest')
    .select(['id', 'asked', 'answeredAt'])
    .where('applicationId', '=', applicationId)
    .where('requestId', '=', requestId)
    .executeTakeFirst()
  return known?.answeredAt === null && known.asked === row.asked ? known.id : undefined
}

/** Undefined where there is none, where its time is over, and where it was answered. */
export async function findRequest(db: Db<'samlRequest'>, id: string, at: number): Promise<SamlRequest | undefined> {
  const row = await db
    .selectFrom('samlRequest')
    .selectAll()
    .where('id', '=', id as Id<'sar'>)
    .where('expiresAt', '>', at)
    .where('answeredAt', 'is', null)
    .executeTakeFirst()
  return row && asRequest(row)
}

/** Takes a request up for the one answer it gets. False where somebody was quicker. */
export async function takeRequest(tx: Tx<'samlRequest'>, id: Id<'sar'>, at: number): Promise<boolean> {
  const taken = await tx
    .updateTable('samlRequest')
    .set({ answeredAt: at })
    .where('id', '=', id)
    .where('answeredAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return taken !== undefined
}

/** Of a stranger, who was told that nobody came: it may come again, and nothing of it is kept. False as above. */
export async function forgetRequest(tx: Tx<'samlRequest'>, id: Id<'sar'>): Promise<boolean> {
  const forgotten = await tx
    .deleteFrom('samlRequest')
    .where('id', '=', id)
    .where('answeredAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return forgotten !== undefined
}

/** Which of these still wait for their person. */
export const listUnanswered = (
  db: Db<'samlRequest'>,
  asked: readonly Pick<SamlRequest, 'applicationId' | 'requestId'>[],
): Promise<Pick<SamlRequest, 'applicationId' | 'requestId'>[]> =>
  db
    .selectFrom('samlRequest')
    .select(['applicationId', 'requestId'])
    .where('applicationId', 'in', [...new Set(asked.map(({ applicationId }) => applicationId))])
    .where(
      'requestId',
      'in',
      asked.map(({ requestId }) => requestId),
    )
    .where('answeredAt', 'is', null)
    .execute()

const asRequest = ({ id, applicationId, requestId, asked, relayState, receivedAt }: SamlRequestTable): SamlRequest => ({
  id,
  applicationId,
  requestId,
  relayState,
  receivedAt,
  asked: JSON.parse(asked) as AskedBySaml,
})
