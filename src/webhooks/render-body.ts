import { renderSentence } from '../audit/actions.ts'
import type { AuditEntry } from '../audit/entry.ts'
import { escapeHidden } from '../audit/record.ts'

/** What an event is about, as a receiver sees it. */
export interface ToldAbout {
  /** Of the event in the ledger; null for a ping. */
  event: string | null
  repository: { id: string; path: string; url: string }
  actor: { id: string; username: string; kind: string } | null
  /** Instead of the ledger's. */
  sentence?: string
}

/** Standard Webhooks 1.0, "Payload structure". Facts as the leaf has them; what it keeps apart is never told. */
export function renderBody({ event, repository, actor, sentence }: ToldAbout, entry: Told): string {
  const facts = Object.fromEntries(
    Object.entries(entry.facts ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? escapeHidden(value) : value,
    ]),
  )
  return JSON.stringify({
    type: entry.action,
    timestamp: new Date(entry.at).toISOString(),
    data: {
      event,
      repository,
      actor,
      outcome: entry.outcome ?? 'done',
      target: entry.target,
      sentence: sentence ?? renderSentence(entry.action, { ...facts, actor: actor?.username ?? 'Postern' }),
      facts,
    },
  })
}

type Told = Pick<AuditEntry, 'outcome' | 'target' | 'facts' | 'at'> & { action: string }
