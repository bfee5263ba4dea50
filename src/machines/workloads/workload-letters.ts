import type { AuditEntry } from '../../audit/entry.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { listAdministrators } from '../../repositories/administrators.ts'

interface About {
  pipeline: string
  repository: string
}

export type WorkloadLetter = { toUserId: Id<'usr'> } & (
  | { kind: 'pipeline-left'; facts: About & { person: string; keepBy: number; isStopped: boolean } }
  | { kind: 'pipeline-ended'; facts: About & { person: string; at: number } }
  | { kind: 'pipeline-reused'; facts: About & { subject: string; at: number } }
)

type Unaddressed = WorkloadLetter extends infer Letter
  ? Letter extends WorkloadLetter
    ? Omit<Letter, 'toUserId'>
    : never
  : never

/** Whom an event about a pipeline concerns: everybody who administers its repository. */
export async function listWorkloadLetters(
  db: Db<'user' | 'repository' | 'roleGrant' | 'groupMember'>,
  { action, facts = {}, personal = {}, repositoryId, at }: AuditEntry,
): Promise<WorkloadLetter[]> {
  const letter = letterOf(action, { ...facts, ...personal }, at)
  if (letter === undefined || !repositoryId) return []
  return (await listAdministrators(db, repositoryId)).map((toUserId) => ({ toUserId, ...letter }))
}

function letterOf(action: string, facts: Record<string, string | number>, at: number): Unaddressed | undefined {
  const text = (name: string): string => String(facts[name] ?? '')
  const about = { pipeline: text('pipeline'), repository: text('repository') }
  switch (action) {
    case 'workload.passed-on':
      return {
        kind: 'pipeline-left',
        facts: {
          ...about,
          person: text('person'),
          keepBy: Number(facts['keepBy']),
          isStopped: facts['keys'] === 'given',
        },
      }
    case 'workload.switched-off':
      return { kind: 'pipeline-ended', facts: { ...about, person: text('person'), at } }
    case 'workload.reused':
      return { kind: 'pipeline-reused', facts: { ...about, subject: text('subject'), at } }
    default:
      return undefined
  }
}
