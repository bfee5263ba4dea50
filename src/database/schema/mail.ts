import type { Id } from '../id.ts'

/** The tables that `mail/` writes. */
export interface MailTables {
  letter: LetterTable
}

/** A letter that waits to be sent, was sent, or could not be. The address is looked up when it is sent, never kept. */
export interface LetterTable {
  id: Id<'ltr'>
  /** Null where it goes to an address that is nobody's account yet. */
  toUserId: Id<'usr'> | null
  toAddress: string | null
  toName: string | null
  kind: string
  /** Says what happened in fixed words, without any name. */
  subject: string
  /** Emptied when nothing more is to be sent. */
  text: string
  createdAt: number
  /** The next attempt; taking a letter moves this on, so that no other node takes it too. */
  notBefore: number
  attempts: number
  sentAt: number | null
  failedAt: number | null
  /** What the mail server said last, addresses left out. */
  lastError: string | null
  /** Unique where given: a reminder goes once. */
  dedupeKey: string | null
}
