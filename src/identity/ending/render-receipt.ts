import { hash } from 'node:crypto'
import { renderCanonical } from '../../seals/format/strict-json.ts'
import type { AccessEnd } from './shapes.ts'

export const ACCESS_END_TYPE = 'urn:postern:access-end:v1'

/** The statement that a receipt signs, as docs/formats/access-end.md has it: RFC 8785, times to the millisecond. */
export function renderReceipt(origin: string, end: Omit<AccessEnd, 'receipt' | 'state' | 'restoredAt'>): Buffer {
  return renderCanonical({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'account', digest: { sha256: hash('sha256', end.person.id, 'hex') } }],
    predicateType: ACCESS_END_TYPE,
    predicate: {
      instance: origin,
      id: end.id,
      account: { id: end.person.id, username: end.person.username },
      cause: end.cause,
      reason: end.reason,
      decidedBy: end.decidedBy === null ? null : { id: end.decidedBy.id, username: end.decidedBy.username },
      decidedAt: timeOf(end.decidedAt),
      ended: end.ended.map(({ kind, count, isPassedOn }) => ({
        kind,
        count,
        fate: isPassedOn ? 'passed-on' : 'ended',
      })),
      agents: end.agents.map(({ id, agent }) => ({ end: id, id: agent.id, username: agent.username })),
      remains: end.remains.map(({ what, until }) => ({ what, until: until === null ? null : timeOf(until) })),
      nodes: end.nodes.map(({ id, confirmedAt, cut, seenAt, cutsBy }) => ({
        id,
        cut,
        confirmedAt: confirmedAt === null ? null : timeOf(confirmedAt),
        ...(cutsBy === null ? {} : { silentSince: timeOf(seenAt), cutsBy: timeOf(cutsBy) }),
      })),
      completedAt: timeOf(end.completedAt ?? end.decidedAt),
    },
  })
}

/** RFC 3339, UTC, with milliseconds: how fast is a part of what it says. */
const timeOf = (at: number): string => new Date(at).toISOString()
