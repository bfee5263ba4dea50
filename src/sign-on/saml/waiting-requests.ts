import type { Database } from '../../database/handles.ts'
import { Lru } from '../../protocols/lru.ts'
import { createOpenQuestions } from '../open-questions.ts'
import { keptMs, listUnanswered, type SamlRequest } from './requests.ts'

type Known = Pick<SamlRequest, 'applicationId' | 'requestId'>

export interface WaitingRequests {
  /** Whether somebody at this address may leave one more request here. */
  mayLeave(request: Known, address: string): Promise<boolean>
  /** Whoever it led here was answered. */
  answered(request: Known): void
}

/** Of one address: an office whose people all begin at nine, each in a few tools. */
const mostOfOne = 500
const mostOfAll = 30_000
const lookAgainMs = 5_000
/** By then it stands in the table, or was answered. */
const surelyKeptMs = 60_000

/** How many requests strangers leave here until they have signed in, so that they do not fill the table. */
export function createWaitingRequests({
  database,
  now,
}: {
  database: Pick<Database, 'read'>
  now: () => number
}): WaitingRequests {
  const questions = createOpenQuestions({ lastsMs: keptMs, now, mostOfOne, mostOfAll })
  const lookedAt = new Lru<string, number>(1_000)

  /** What another node has answered is nobody's any more. */
  async function closeAnswered(address: string): Promise<void> {
    const at = now()
    if (at - (lookedAt.get(address) ?? 0) < lookAgainMs) return
    lookedAt.set(address, at)
    const open = questions.listOf(address, surelyKeptMs)
    if (open.length === 0) return
    const waiting = new Set((await listUnanswered(database.read, open.map(knownOf))).map(keyOf))
    for (const key of open) if (!waiting.has(key)) questions.close(key)
  }

  return {
    async mayLeave(request, address) {
      if (questions.open(keyOf(request), address)) return true
      await closeAnswered(address)
      return questions.open(keyOf(request), address)
    },
    answered: (request) => questions.close(keyOf(request)),
  }
}

const keyOf = ({ applicationId, requestId }: Known): string => `${applicationId} ${requestId}`

function knownOf(key: string): Known {
  const at = key.indexOf(' ')
  return { applicationId: key.slice(0, at) as Known['applicationId'], requestId: key.slice(at + 1) }
}
