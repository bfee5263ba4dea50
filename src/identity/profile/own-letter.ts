import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** Letters about an address: to the person, or to an address that is nobody's here, or no longer theirs. */
type OwnLetter =
  | { toUserId: Id<'usr'>; kind: 'address-check'; facts: { username: string; link: string; expiresAt: number } }
  | { to: Mailbox; kind: 'address-changed'; facts: { username: string; at: number } }
  | { to: Mailbox; kind: 'register'; facts: { link: string; expiresAt: number } }
  | { to: Mailbox; kind: 'register-known'; facts: { at: number } }

interface Mailbox {
  address: string
  name: string
}

/** Writes a letter in the transaction of its cause. Null where no mail is set up. */
export type WriteLetter = ((tx: Tx<'letter'>, letter: OwnLetter) => Promise<void>) | null
