import type { AuditEntry } from '../../audit/entry.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { listAdministrators } from '../../repositories/administrators.ts'

export type DeployKeyLetter = { toUserId: Id<'usr'> } & (
  | {
      kind: 'deploy-key-ends'
      facts: { key: string; repository: string; days: number; reason: string; expiresAt: number; lastUsedAt: number }
    }
  | { kind: 'deploy-key-ended'; facts: { key: string; repository: string; reason: string; at: number } }
  | { kind: 'deploy-key-left'; facts: { key: string; repository: string; person: string; keepBy: number } }
)

/** Whom an event about a deploy key concerns: everybody who administers its repository. */
export async function listDeployKeyLetters(
  db: Db<'user' | 'repository' | 'roleGrant' | 'groupMember'>,
  { action, facts = {}, personal = {}, repositoryId, at }: AuditEntry,
): Promise<DeployKeyLetter[]> {
  const letter = letterOf(action, { ...facts, ...personal }, at)
  if (letter === undefined || !repositoryId) return []
  return (await listAdministrators(db, repositoryId)).map((toUserId) => ({ toUserId, ...letter }))
}

type Unaddressed = DeployKeyLetter extends infer Letter
  ? Letter extends DeployKeyLetter
    ? Omit<Letter, 'toUserId'>
    : never
  : never

function letterOf(action: string, facts: Record<string, string | number>, at: number): Unaddressed | undefined {
  const text = (name: string): string => String(facts[name] ?? '')
  const about = { key: text('key'), repository: text('repository') }
  switch (action) {
    case 'deploy-key.expiring':
      return {
        kind: 'deploy-key-ends',
        facts: {
          ...about,
          days: Number(facts['days']),
          reason: text('reason'),
          expiresAt: Number(facts['expiresAt']),
          lastUsedAt: Number(facts['lastUsedAt']),
        },
      }
    case 'deploy-key.expired':
      return { kind: 'deploy-key-ended', facts: { ...about, reason: text('reason'), at } }
    case 'deploy-key.passed-on':
      return {
        kind: 'deploy-key-left',
        facts: { ...about, person: text('person'), keepBy: Number(facts['keepBy']) },
      }
    default:
      return undefined
  }
}
