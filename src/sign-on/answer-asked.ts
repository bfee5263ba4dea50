import { recordEvent } from '../audit/record.ts'
import type { AdapterPayload } from 'oidc-provider'
import type { Database } from '../database/handles.ts'
import type { OauthGrantTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf, type SessionCaller } from '../identity/caller.ts'
import { acrOf, amrOf } from '../policy/strength.ts'
import { type Asked, settleAsked } from './asked.ts'
import { createGrant } from './grants.ts'

const dayMs = 86_400_000

/** Lets the program in, in the transaction that uses up the tap. @throws 409 where somebody has answered meanwhile */
export async function letIn(
  database: Database,
  { caller, takeSeal, now }: Act,
  { asked, ...wanted }: { asked: Asked; repositoryIds: readonly string[] | null; lifetimeDays: number },
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const at = now()
    const { client, scopes, via, askedFrom } = asked
    const { repositoryIds, lifetimeDays } = wanted
    const grant = await createGrant(
      tx,
      { caller, seal, at },
      { client, scopes, repositoryIds, via, askedFrom, lifetimeMs: lifetimeDays * dayMs },
    )
    const changes = via === 'device' ? deviceAnswer(asked, grant) : browserAnswer(grant)
    if (!(await settleAsked(tx, asked, { grantId: grant.id, changes }))) throw answeredAlready()
  })
}

/** Tells the program that it was refused. @throws 409 where somebody has answered meanwhile */
export async function refuse(
  database: Database,
  { caller, asked, now }: { caller: SessionCaller; asked: Asked; now: () => number },
): Promise<void> {
  const changes: Partial<AdapterPayload> =
    asked.via === 'device'
      ? { error: 'access_denied', errorDescription: refusal }
      : { result: { error: 'access_denied', error_description: refusal } }
  await database.write(async (tx) => {
    if (!(await settleAsked(tx, asked, { grantId: null, changes }))) throw answeredAlready()
    await recordEvent(tx, {
      action: 'grant.refused',
      actor: actorOf(caller),
      target: { kind: 'client', id: asked.client.id },
      outcome: 'refused',
      facts: { program: asked.client.name, via: asked.via },
      personal: { address: asked.askedFrom },
      at: now(),
    })
  })
}

const refusal = 'It was refused in the browser.'

/** What the tap proved, in the words of OpenID Connect Core §2. */
const proven = ({ tapStrength, tappedAt }: OauthGrantTable) => ({
  acr: acrOf(tapStrength) ?? undefined,
  // Which key it was is not kept.
  amr: amrOf(tapStrength, null),
  at: Math.floor(tappedAt / 1000),
})

function browserAnswer(grant: OauthGrantTable): Partial<AdapterPayload> {
  const { acr, amr, at } = proven(grant)
  return {
    result: {
      login: { accountId: grant.userId, acr, amr, ts: at, remember: false },
      consent: { grantId: grant.id },
    },
  }
}

function deviceAnswer({ isOpenid }: Asked, grant: OauthGrantTable): Partial<AdapterPayload> {
  const { acr, amr, at } = proven(grant)
  const scope = [...(isOpenid ? ['openid'] : []), ...(JSON.parse(grant.scopes) as string[])].join(' ')
  return { accountId: grant.userId, grantId: grant.id, acr, amr, authTime: at, scope }
}

export const answeredAlready = () =>
  conflict('answered-already', 'This was answered already.', { help: 'Let the program ask again.' })
