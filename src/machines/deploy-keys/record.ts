import type { Action } from '../../audit/actions.ts'
import type { AuditActor } from '../../audit/entry.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import { findPath } from '../../repositories/stewards.ts'

interface KeyEventFacts {
  actor: AuditActor | null
  at: number
  /** From where it came: kept apart from the leaf. */
  address?: string
  facts?: Record<string, string | number>
  /** Names in the sentence: kept apart too. */
  personal?: Record<string, string>
}

/** An event about a deploy key, told to the webhooks of its repository too. */
export async function recordKeyEvent(
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  action: Extract<Action, `deploy-key.${string}`>,
  { id, repositoryId, name, fingerprint }: Pick<DeployKeyTable, 'id' | 'repositoryId' | 'name' | 'fingerprint'>,
  { actor, at, address, facts = {}, personal = {} }: KeyEventFacts,
): Promise<void> {
  await recordEvent(tx, {
    action,
    actor,
    target: { kind: 'deploy-key', id },
    repositoryId,
    personal: address === undefined ? personal : { ...personal, address },
    facts: { repository: (await findPath(tx, repositoryId)) ?? '', key: name, fingerprint, ...facts },
    at,
  })
}
