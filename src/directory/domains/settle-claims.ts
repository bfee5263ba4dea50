import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { DomainClaimTable, TableName } from '../../database/schema.ts'
import { conflict, nothingLeft, ProblemError } from '../../http/problem.ts'
import { takeIntoManagement } from '../../identity/take-into-management.ts'
import { findUserById } from '../../identity/users.ts'
import { domainOfAddress } from './domain-name.ts'

export interface SettleParts {
  database: Database
  now: () => number
}

export interface OpenClaim extends DomainClaimTable {
  domain: string
}

/** Every claim that nobody objected to, once its time of grace is over; those that have no point any more. While the domain's proof is lost none takes hold. */
export async function settleClaims(parts: SettleParts): Promise<void> {
  const due = await parts.database.read
    .selectFrom('domainClaim')
    .innerJoin('domain', 'domain.id', 'domainClaim.domainId')
    .select('domainClaim.id')
    .innerJoin('user', 'user.id', 'domainClaim.userId')
    .where((eb) =>
      eb.or([
        eb('domainClaim.state', '=', 'noticed').and('domainClaim.graceEndsAt', '<=', parts.now()),
        // A directory has come to manage them meanwhile: whether they object no longer matters.
        eb('domainClaim.state', 'in', ['noticed', 'objected']).and('user.managedBy', 'is not', null),
      ]),
    )
    .where('domain.state', '=', 'verified')
    .orderBy('domainClaim.graceEndsAt')
    .execute()
  for (const { id } of due)
    await parts.database
      .write(async (tx) => {
        const claim = await findClaim(tx, id)
        if (claim !== undefined) await settleDue(tx, parts, claim)
      })
      .catch((error: unknown) => {
        // Decided by somebody else in the same instant.
        if (!(error instanceof ProblemError)) throw error
      })
}

async function settleDue(tx: Tx<TableName>, parts: SettleParts, claim: OpenClaim): Promise<void> {
  const at = parts.now()
  const user = await findUserById(tx, claim.userId)
  if (user !== undefined && user.managedBy !== null)
    await closeClaim(tx, claim, { state: 'withdrawn', actor: null, reason: 'somebody else manages them', at })
  else if (claim.state === 'noticed' && claim.graceEndsAt <= at)
    await settleClaim(tx, parts, claim, { actor: null, reason: 'nobody objected in time' })
}

/** With the name of its domain, whatever its state. */
export async function findClaim(tx: Tx<TableName>, id: string): Promise<OpenClaim | undefined> {
  return tx
    .selectFrom('domainClaim')
    .innerJoin('domain', 'domain.id', 'domainClaim.domainId')
    .selectAll('domainClaim')
    .select('domain.name as domain')
    .where('domainClaim.id', '=', id as Id<'clm'>)
    .executeTakeFirst()
}

/**
 * The domain manages the person from now on, or, where they are elsewhere by now, the claim to them is over. The person's
 * row comes first, as where they move their address. @throws 409 where it was decided meanwhile
 */
export async function settleClaim(
  tx: Tx<TableName>,
  { now }: Pick<SettleParts, 'now'>,
  claim: OpenClaim,
  { actor, reason }: { actor: AuditActor | null; reason: string },
): Promise<'claimed' | 'withdrawn'> {
  const at = now()
  const user = await findUserById(tx, claim.userId)
  const isThere = user !== undefined && domainOfAddress(user.email) === claim.domain
  const isShown = user?.emailVerifiedAt !== null
  const isTaken = isThere && (await takeIntoManagement(tx, user, claim.domainId))
  if (!isTaken) {
    const why = !isThere
      ? 'their address is elsewhere now'
      : isShown
        ? 'somebody else manages them, or their access ended'
        : 'they have never shown that the address is theirs'
    if (!(await closeClaim(tx, claim, { state: 'withdrawn', actor, reason: why, at }))) throw claimOver()
    return 'withdrawn'
  }
  if (!(await closeClaim(tx, claim, { state: 'claimed', actor, reason, at }))) throw claimOver()
  return 'claimed'
}

export const claimOver = (): ProblemError => conflict('claim-over', 'This is decided.', { help: nothingLeft })

const actions = {
  claimed: 'domain.claimed',
  refused: 'domain.claim-refused',
  withdrawn: 'domain.claim-withdrawn',
} as const

/** @returns whether it was still open */
export async function closeClaim(
  tx: Tx<TableName>,
  claim: OpenClaim,
  given: { state: keyof typeof actions; actor: AuditActor | null; reason: string; at: number; sealId?: Id<'sea'> },
): Promise<boolean> {
  const { state, actor, reason, at, sealId } = given
  const { numUpdatedRows } = await tx
    .updateTable('domainClaim')
    .set({ state, decidedAt: at, decidedBy: actor?.id ?? null })
    .where('id', '=', claim.id)
    .where('state', 'in', ['noticed', 'objected'])
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) return false
  const person = await findUserById(tx, claim.userId)
  await recordEvent(tx, {
    action: actions[state],
    actor,
    target: { kind: 'user', id: claim.userId },
    facts: {
      domain: claim.domain,
      person: person?.username ?? '',
      reason,
      claim: claim.id,
      ...(sealId === undefined ? {} : { seal: sealId }),
    },
    at,
  })
  return true
}
