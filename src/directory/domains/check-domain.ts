import type { AuditActor } from '../../audit/record.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { DomainTable, TableName } from '../../database/schema.ts'
import { getDomain } from './find-domain.ts'
import type { Look, LookForProof, Way } from './proof.ts'

export interface CheckParts {
  database: Database
  look: Record<Way, LookForProof>
  now: () => number
}

/** How long the proof of a verified domain may be missing: a name server's bad week takes nothing away. */
const toleranceMs = 7 * 24 * 3_600_000

const wayWords: Record<Way, string> = { dns: 'a DNS record', https: 'a file on its web server' }

/** Looks for the proof by one way, as somebody asked. @throws 404 */
export async function checkDomain(parts: CheckParts, id: string, by: { way: Way; actor: AuditActor }): Promise<void> {
  const domain = await getDomain(parts.database.read, id)
  await settle(parts, domain, { ...by, found: await parts.look[by.way](domain) })
}

/** Looks again, first where it was found and then by the other way: whoever moves it from one to the other loses nothing. */
export async function recheckDomain(parts: CheckParts, domain: DomainTable): Promise<void> {
  const first = domain.verifiedBy ?? 'dns'
  const other = first === 'dns' ? 'https' : 'dns'
  const found = await parts.look[first](domain)
  const elsewhere = found.isFound ? undefined : await parts.look[other](domain)
  if (elsewhere?.isFound) await settle(parts, domain, { way: other, actor: null, found: elsewhere })
  else await settle(parts, domain, { way: first, actor: null, found })
}

async function settle(
  { database, now }: CheckParts,
  { id }: DomainTable,
  { way, actor, found }: { way: Way; actor: AuditActor | null; found: Look },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    if (!found.isFound) return missed(tx, { id, why: found.why, at })
    const proven = { verifiedBy: way, verifiedAt: at, checkedAt: at, failingSince: null, lastError: null }
    const anew = await tx
      .updateTable('domain')
      .set({ ...proven, state: 'verified' })
      .where('id', '=', id)
      .where('state', '!=', 'verified')
      .returning('name')
      .executeTakeFirst()
    if (anew === undefined) {
      await tx.updateTable('domain').set(proven).where('id', '=', id).execute()
      return
    }
    await recordEvent(tx, {
      action: 'domain.verified',
      actor,
      target: { kind: 'domain', id },
      facts: { domain: anew.name, way: wayWords[way] },
      at,
    })
  })
}

/** Nobody's access ends by it: what the domain may still do is for people to decide. */
async function missed(
  tx: Tx<TableName>,
  { id, why, at }: { id: DomainTable['id']; why: string; at: number },
): Promise<void> {
  const domain = await tx.selectFrom('domain').selectAll().where('id', '=', id).executeTakeFirst()
  if (domain === undefined) return
  const failingSince = domain.state === 'verified' ? (domain.failingSince ?? at) : null
  const isLost = failingSince !== null && at - failingSince >= toleranceMs
  const changed = await tx
    .updateTable('domain')
    .set({ checkedAt: at, lastError: why, failingSince, ...(isLost ? { state: 'lost' } : {}) })
    .where('id', '=', id)
    .where('state', '=', domain.state)
    .returning('name')
    .executeTakeFirst()
  if (!isLost || changed === undefined) return
  await recordEvent(tx, {
    action: 'domain.lost',
    actor: null,
    target: { kind: 'domain', id },
    facts: { domain: domain.name, reason: why },
    at,
  })
}
