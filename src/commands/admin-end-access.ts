import type { AccessEnd } from '../identity/ending/shapes.ts'
import { askOrOpen } from './admin-ask.ts'
import { readArgs } from './admin-place.ts'
import { CommandError } from './say.ts'

/** `postern admin end-access`: for the day the console is down. */
export async function adminEndAccess([username, ...args]: string[]): Promise<number> {
  if (username === undefined || username.startsWith('-'))
    throw new CommandError('say whose: end-access USERNAME [--reason TEXT].')
  const { flags, config } = readArgs(args, { reason: { type: 'string' } })
  const reason = typeof flags['reason'] === 'string' ? flags['reason'] : ''
  const answer = await askOrOpen(config, { command: 'end-access', username, reason })
  process.stdout.write(flags['json'] === true ? `${JSON.stringify(answer.end)}\n` : renderEnd(answer))
  return 0
}

function renderEnd({ end, isOwnerless }: { end: AccessEnd; isOwnerless: boolean }): string {
  const lines = end.ended.map(({ kind, count, isPassedOn }) => `  ${kind}: ${count}${isPassedOn ? ', passed on' : ''}`)
  const cut = end.nodes.reduce((sum, node) => sum + node.cut, 0)
  const after = (end.completedAt ?? end.decidedAt) - end.decidedAt
  const connections =
    end.state === 'complete'
      ? `Open connections cut: ${cut}, the last ${after} ms after the decision.`
      : 'Not every node has confirmed yet that it cut what was open. See the receipt.'
  return `${[
    `The access of ${end.person.displayName} (${end.person.username}) has ended:`,
    ...(lines.length === 0 ? ['  nothing to come in with'] : lines),
    ...end.agents.map(({ agent }) => `  and that of the agent ${agent.username}`),
    connections,
    `Receipt: ${end.id}`,
    ...(isOwnerless ? ['Nobody owns this instance now: postern admin setup-link makes a next owner.'] : []),
  ].join('\n')}\n`
}
