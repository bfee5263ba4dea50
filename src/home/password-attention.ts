import type { Db } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { listPasswordUsers } from '../identity/passwords/password-logins.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { Attention } from './attention.ts'

/** Who has nothing but a password still, and when the rules that let them in end. */
export async function listPasswordAttention(
  db: Db<TableName>,
  { policy }: ReturnType<PolicyInForce['current']>,
  at: number,
): Promise<Attention[]> {
  const users = await listPasswordUsers(db)
  const [first] = users
  if (first === undefined) return []
  const ends = policy.rules.flatMap(({ mode, permits }) =>
    mode === 'enforce' && permits !== undefined && permits.until > at ? [permits.until] : [],
  )
  const who = users.length === 1 ? `${first.person.displayName} has` : `${users.length} people have`
  const when =
    ends.length === 0
      ? 'and no rule lets them in with it any more'
      : `and the rule that lets them in with it ends on ${new Date(Math.min(...ends)).toISOString().slice(0, 10)}`
  return [
    { kind: 'passwords', text: `${who} a password and no passkey yet, ${when}.`, href: '/-/people?filter=password' },
  ]
}
