import { quoteName } from '../quote-name.ts'
import { ifNotYou, when, type WordsOf } from './words.ts'

/** Ways back into an account. */
export interface RecoveryLetters {
  'recovery-codes-made': { at: number }
  'recovery-guessed': { count: number; at: number }
  /** `by` is null where a recovery code began it; `address` is empty where a second person did. */
  'recovery-started': { by: string | null; address: string; cancelUntil: number; at: number }
  'recovery-opened': { at: number }
  'recovery-registered': { credential: string; cancelUntil: number; at: number }
  /** `how` ends a sentence: "cancelled by an administrator". */
  'recovery-over': { outcome: 'done' | 'cancelled' | 'expired'; how: string; at: number }
  /** These go to everybody who administers the organisation. */
  'recovery-cancelled': { person: string; how: string; at: number }
  'break-glass-made': { person: string; by: string; at: number }
  'break-glass-used': { person: string; at: number }
  'break-glass-waits': { person: string; usedAt: number }
}

export const recoveryLetters: WordsOf<RecoveryLetters> = {
  'recovery-codes-made': ({ at }, account) => ({
    subject: 'Recovery codes were made for your account',
    happened: `Ten new recovery codes were made for your account on ${when(at)}. Whoever holds one and knows your name can register a passkey as you; the codes you had before no longer work.`,
    next: ifNotYou(
      `make new ones at ${account}/recovery at once, look through ${account}/passkeys, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'recovery-guessed': ({ count, at }) => ({
    subject: 'Somebody tries recovery codes for your account',
    happened: `${count} wrong recovery codes were tried for your account within an hour, the last on ${when(at)}. No more are taken for a while. Your passkeys work as ever, and nothing has changed.`,
    next: 'If you mistyped a code yourself, wait an hour or ask an administrator to let you back in. Otherwise there is nothing to do: a code is too long to be guessed.',
  }),
  'recovery-started': ({ by, address, cancelUntil, at }, account) => ({
    subject: 'Somebody is getting back into your account',
    happened: `${by === null ? `One of your recovery codes was used${address === '' ? '' : ` from ${address}`}` : `${quoteName(by)} lets somebody back in as you, who said that your passkeys are lost: this began`} on ${when(at)}. Your passkeys pause until this is settled; your sessions, API tokens and SSH keys have ended.`,
    next: ifNotYou(
      `cancel it before ${when(cancelUntil)}: open ${account.replace(/account$/, 'not-me')} and tap any passkey you had. Everything is then as it was. If you have none at hand, tell an administrator now, in person or by telephone.`,
    ),
  }),
  'recovery-opened': ({ at }, account) => ({
    subject: 'The link to get back into your account works now',
    happened: `The delay is over: since ${when(at)} the link that you were given registers a new passkey for your account. It is not in this letter.`,
    next: ifNotYou(
      `cancel it now: open ${account.replace(/account$/, 'not-me')} and tap any passkey you had, or tell an administrator.`,
    ),
  }),
  'recovery-registered': ({ credential, cancelUntil, at }, account) => ({
    subject: 'A new passkey was registered to get back into your account',
    happened: `The passkey “${quoteName(credential)}” was registered for your account on ${when(at)} by somebody who got back in.`,
    next: ifNotYou(
      cancelUntil > at
        ? `cancel it before ${when(cancelUntil)}: open ${account.replace(/account$/, 'not-me')} and tap any passkey you had.`
        : 'somebody else can now sign in as you: tell an administrator at once.',
    ),
  }),
  'recovery-over': ({ outcome, how, at }, account) => ({
    subject:
      outcome === 'done'
        ? 'You are back in your account'
        : outcome === 'cancelled'
          ? 'A recovery of your account was cancelled'
          : 'A recovery of your account was not used',
    happened: {
      done: `Since ${when(at)} the passkeys you had before have ended. The one registered to get back in is yours alone.`,
      cancelled: `The recovery of your account was cancelled on ${when(at)} by ${quoteName(how)}. What came in by it has ended, and your former passkeys work again. Sessions and API tokens that had ended stay so.`,
      expired: `Nobody used the link to get back into your account in time. Since ${when(at)} your former passkeys work again. Sessions and API tokens that had ended stay so.`,
    }[outcome],
    next:
      outcome === 'done'
        ? `Add a second passkey at ${account}/passkeys and make new recovery codes at ${account}/recovery.`
        : `If you did not expect this, make new recovery codes at ${account}/recovery and tell an administrator.`,
  }),
  'recovery-cancelled': ({ person, how, at }, account) => ({
    subject: 'The recovery of an account was cancelled',
    happened: `The recovery of the account of ${quoteName(person)} was cancelled on ${when(at)} by ${quoteName(how)}. Whoever began it may not have been them.`,
    next: `Ask them, in person or by telephone. What happened stands in the record at ${account.replace(/account$/, 'audit')}.`,
  }),
  'break-glass-made': ({ person, by, at }, account) => ({
    subject: 'A break-glass code was made',
    happened: `${quoteName(by)} made a break-glass code on ${when(at)}. Whoever holds it comes in as ${quoteName(person)}, an owner.`,
    next: `If nobody should have done this, make a new one at ${account.replace(/account$/, 'recoveries')}: that voids it. Then talk to ${quoteName(by)}.`,
  }),
  'break-glass-used': ({ person, at }, account) => ({
    subject: 'The break-glass code was used',
    happened: `The break-glass code that lets somebody in as ${quoteName(person)}, an owner, was used on ${when(at)}.`,
    next: `Find out by whom, now. Somebody who was here before has to review what was done with it, at ${account.replace(/account$/, 'recoveries')}; you are reminded each day until then.`,
  }),
  'break-glass-waits': ({ person, usedAt }, account) => ({
    subject: 'Nobody has reviewed the use of the break-glass code',
    happened: `The break-glass code of ${quoteName(person)} was used on ${when(usedAt)}, and nobody has reviewed that yet.`,
    next: `Look at what was done with it, and review it with a tap, at ${account.replace(/account$/, 'recoveries')}.`,
  }),
}
