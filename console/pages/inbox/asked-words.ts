import type { SealRequest } from '../../api/shapes.ts'
import { browserWords } from '../../ui/browser-words.ts'

type Asked = Pick<SealRequest, 'requestedBy' | 'askedFrom'> & { isMine: boolean }

const withWhat = ({ askedFrom: { tokenName, program, device, address } }: Asked) =>
  `${tokenName === null ? '' : ` with the token “${tokenName}”`}${program === null ? '' : ` with the ${program}`}${device === null ? '' : ` with ${browserWords(device)}`}${address === null ? '' : ` from ${address}`}`

/** Who asks, with what, from where. The time follows. */
export const whoAsks = (asked: Asked): string =>
  `${asked.isMine ? 'You asked for this' : `${asked.requestedBy.displayName} (${asked.requestedBy.username}) asks you`}${withWhat(asked)}`

/** Asked from where whoever asked is not signed in: theirs, or somebody else's doing. */
export function unusualPlace({ isMine, requestedBy, askedFrom }: Asked): string | null {
  if (!askedFrom.isUnusual) return null
  return isMine
    ? `You are not signed in anywhere at ${askedFrom.address ?? ''}. If you do not know what asked there, refuse it.`
    : `${requestedBy.displayName} is not signed in anywhere at ${askedFrom.address ?? ''}. Ask them before you tap.`
}

/** What the tap sets going. */
export function afterTheTap({ isMine, requestedBy, askedFrom: { tokenName, program } }: Asked): string {
  if (tokenName !== null) return `After your tap, the program with the token “${tokenName}” goes on by itself.`
  if (program !== null) return `After your tap, what came with the ${program} goes on by itself.`
  if (isMine) return 'After your tap, the page that waits for it goes on by itself.'
  return `After your tap it takes effect, and ${requestedBy.displayName} sees that it did.`
}

/** How it ended, said to the person who was asked. */
export const endings: Record<Exclude<SealRequest['state'], 'open'>, { title: string; text: string }> = {
  sealed: { title: 'You tapped for this', text: 'Whoever waited for it goes on by itself. You can close this page.' },
  refused: { title: 'You refused this', text: 'It can never be tapped. Nothing was changed.' },
  withdrawn: { title: 'No longer asked for', text: 'Whoever asked took it back. Nothing was changed.' },
  expired: { title: 'This waited too long', text: 'It can no longer be tapped. Nothing was changed.' },
}
