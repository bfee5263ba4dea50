import type { Database, Tx } from '../database/handles.ts'
import { escapeHidden } from '../audit/record.ts'
import {
  countLetters,
  type DueLetter,
  giveBackLetter,
  type Letter,
  type LetterCounts,
  type Outcome,
  queueLetter,
  settleLetter,
  takeDueLetter,
} from './letter-queue.ts'
import { isPlainAddress, type MailSettings } from './mail-settings.ts'
import { quoteName } from './quote-name.ts'
import { createSender } from './send-letter.ts'

export interface Mail {
  /** The sender's address; null where no mail is set up. */
  readonly from: string | null
  /** Writes a letter in the transaction of its cause; does nothing where no mail is set up. */
  queue(tx: Tx<'letter'>, letter: Letter): Promise<void>
  count(): Promise<LetterCounts>
  /** Looks for letters from now on, every second. */
  start(): void
  /** Sends what is due now. Never throws for a letter that cannot be sent. */
  drain(): Promise<void>
  close(): Promise<void>
}

const lookEveryMs = 1_000
// Below the shortest wait for another attempt, so that no other node takes a letter that is under way.
const attemptMs = 30_000
const graceMs = 3_000

/** Its person is gone since, or has no address: noted with the letter, and nothing that an operator could mend. */
const nobody: Outcome = { error: 'nobody to send it to', isFinal: true }

/**
 * `mail/` owns the letters that wait to be sent, and their sending. It never decides who is told what. But for those of
 * invitations, no link in a letter proves anything by itself.
 */
export function createMail(parts: {
  database: Database
  settings: MailSettings | undefined
  origin: string
  now: () => number
  onError: (error: Error, letterId: string) => void
}): Mail {
  const { database, settings, origin, now, onError } = parts
  const count = (): Promise<LetterCounts> => countLetters(database.read)
  if (settings === undefined) {
    const nothing = (): Promise<void> => Promise.resolve()
    return { from: null, queue: nothing, count, start() {}, drain: nothing, close: nothing }
  }
  const send = createSender(settings, new URL(origin).hostname)
  const closing = new AbortController()
  const breakingOff = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined

  async function attempt(letter: DueLetter): Promise<Outcome> {
    const to = await findAddressee(letter)
    if (to === undefined) return nobody
    const text = `Hello${to.name === '' ? '' : ` ${quoteName(to.name)}`},\n\n${letter.text}`
    try {
      const signal = AbortSignal.any([breakingOff.signal, AbortSignal.timeout(attemptMs)])
      await send({ id: letter.id, to, subject: letter.subject, text, at: now() }, signal)
      return 'sent'
    } catch (error) {
      return { error: withoutAddresses(error), isFinal: false }
    }
  }

  async function findAddressee(letter: DueLetter) {
    if (letter.toUserId === null)
      return letter.toAddress !== null && isPlainAddress(letter.toAddress)
        ? { name: letter.toName ?? '', address: letter.toAddress }
        : undefined
    const user = await database.read
      .selectFrom('user')
      .select(['displayName', 'email'])
      .where('id', '=', letter.toUserId)
      // Nobody who is gone is told anything but that.
      .where((eb) => eb.or([eb('state', '=', 'active'), eb.lit(letter.kind === 'access-ended')]))
      .executeTakeFirst()
    if (user === undefined || !isPlainAddress(user.email)) return undefined
    return { name: user.displayName, address: user.email }
  }

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      const letter = await takeDueLetter(database, now)
      if (letter === undefined) return
      const outcome = await attempt(letter)
      if (outcome !== 'sent' && breakingOff.signal.aborted) return giveBackLetter(database, letter)
      await settleLetter(database, letter, outcome, now())
      if (outcome !== 'sent' && outcome !== nobody) onError(new Error(outcome.error), letter.id)
    }
  }

  const drain = (): Promise<void> => (working ??= work().finally(() => (working = undefined)))

  return {
    from: settings.from.address,
    queue: (tx, letter) => queueLetter(tx, letter, origin, now()),
    count,
    start() {
      timer = setInterval(() => {
        drain().catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error)), ''))
      }, lookEveryMs)
    },
    drain,
    async close() {
      clearInterval(timer)
      closing.abort()
      const grace = setTimeout(() => breakingOff.abort(), graceMs)
      await working?.catch(() => {})
      clearTimeout(grace)
    },
  }
}

/** What a mail server said, in one line, without the address it may repeat: that stays with the person's account. */
function withoutAddresses(error: unknown): string {
  const message = error instanceof Error ? error.message : 'unknown error'
  return escapeHidden(message.replaceAll(/[^\s<>]+@[^\s<>]+/g, '…').replaceAll(/\s+/g, ' ')).slice(0, 300)
}
