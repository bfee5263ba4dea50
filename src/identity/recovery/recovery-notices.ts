import type { AuditEntry } from '../../audit/entry.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Action } from '../../audit/actions.ts'
import { listAdministrators } from '../break-glass/list-administrators.ts'
import { findUserById, findUserByUsername } from '../users.ts'

/** What people are told when somebody gets back into an account. */
export type RecoveryNotice = { toUserId: Id<'usr'> } & (
  | { kind: 'recovery-codes-made'; facts: { at: number } }
  | { kind: 'recovery-guessed'; facts: { count: number; at: number } }
  | { kind: 'recovery-started'; facts: { by: string | null; address: string; cancelUntil: number; at: number } }
  | { kind: 'recovery-opened'; facts: { at: number } }
  | { kind: 'recovery-registered'; facts: { credential: string; cancelUntil: number; at: number } }
  | { kind: 'recovery-over'; facts: { outcome: 'done' | 'cancelled' | 'expired'; how: string; at: number } }
  | { kind: 'recovery-cancelled'; facts: { person: string; how: string; at: number } }
  | { kind: 'break-glass-made'; facts: { person: string; by: string; at: number } }
  | { kind: 'break-glass-used'; facts: { person: string; at: number } }
)

type RecoveryAction = Extract<Action, `recovery.${string}`>
type Teller = (event: AuditEntry, db: Db<'user'>) => Promise<RecoveryNotice | undefined>

const toTarget = ({ target }: AuditEntry): { toUserId: Id<'usr'> } => ({ toUserId: target.id as Id<'usr'> })
const fact = ({ facts }: AuditEntry, name: string): string => String(facts?.[name] ?? '')
const over =
  (outcome: 'done' | 'cancelled' | 'expired'): Teller =>
  async (event) => ({
    ...toTarget(event),
    kind: 'recovery-over',
    facts: { outcome, how: fact(event, 'how'), at: event.at },
  })

/** Whose account it is hears of every step. */
export const recoveryNotices: Record<RecoveryAction, Teller> = {
  'recovery.codes-made': async (event) => ({
    ...toTarget(event),
    kind: 'recovery-codes-made',
    facts: { at: event.at },
  }),
  'recovery.guessed': async (event) =>
    event.target.kind === 'user'
      ? { ...toTarget(event), kind: 'recovery-guessed', facts: { count: Number(fact(event, 'count')), at: event.at } }
      : undefined,
  'recovery.started': async (event, db) => {
    const by = event.actor === null ? undefined : await findUserById(db, event.actor.id)
    return {
      ...toTarget(event),
      kind: 'recovery-started',
      facts: {
        by: by?.displayName ?? null,
        address: event.personal?.['address'] ?? '',
        cancelUntil: Number(fact(event, 'cancelUntil')),
        at: event.at,
      },
    }
  },
  'recovery.opened': async (event) => ({ ...toTarget(event), kind: 'recovery-opened', facts: { at: event.at } }),
  'recovery.registered': async (event) => ({
    ...toTarget(event),
    kind: 'recovery-registered',
    facts: { credential: fact(event, 'credential'), cancelUntil: Number(fact(event, 'cancelUntil')), at: event.at },
  }),
  'recovery.done': over('done'),
  'recovery.cancelled': over('cancelled'),
  'recovery.expired': over('expired'),
}

/** What everybody who administers the organisation is told, whether they look at Home or not. */
export async function listAdministratorNotices(db: Db<'user'>, event: AuditEntry): Promise<RecoveryNotice[]> {
  const { action, at } = event
  const isAboutGlass = action === 'break-glass.made' || action === 'break-glass.used'
  if (!isAboutGlass && action !== 'recovery.cancelled') return []
  const about = await findUserByUsername(db, fact(event, 'person'))
  const person = about?.displayName ?? 'Somebody'
  // Whose recovery was cancelled has a letter of their own.
  const administrators = await listAdministrators(db, isAboutGlass ? undefined : about?.id)
  const by = event.actor === null ? undefined : await findUserById(db, event.actor.id)
  return administrators.map((toUserId): RecoveryNotice => {
    if (action === 'break-glass.made')
      return { toUserId, kind: 'break-glass-made', facts: { person, by: by?.displayName ?? 'Somebody', at } }
    if (action === 'break-glass.used') return { toUserId, kind: 'break-glass-used', facts: { person, at } }
    return { toUserId, kind: 'recovery-cancelled', facts: { person, how: fact(event, 'how'), at } }
  })
}
