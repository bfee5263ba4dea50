import { quoteName } from '../quote-name.ts'
import { ifNotYou, when, type WordsOf } from './words.ts'

/** What happens to an account itself, and how somebody comes into it. */
export interface AccountLetters {
  'passkey-added': { credential: string; at: number }
  'passkey-removed': { credential: string; at: number }
  'passkey-renamed': { former: string; credential: string; at: number }
  /** Through a one-time link: what the person had before has ended. */
  'passkey-registered': { credential: string; at: number }
  'passkey-rejudged': { credential: string; before: string; now: string; reason: string }
  /** `reason` is said of the last one alone, and ends a sentence. */
  'password-changed': { reason: string; at: number }
  'codes-set-up': { reason: string; at: number }
  'password-ended': { reason: string; at: number }
  'sessions-ended': { count: number; at: number }
  /** `by` is null where it was made from the server's own shell. */
  'link-made': { by: string | null; at: number }
  /** `by`: themselves with a tap, or the organisation whose domain their address is at. */
  'sign-in-joined': { place: string; by: 'person' | 'domain'; at: number }
  /** `link` confirms the address, for whoever is signed in as `username`. */
  'address-check': { username: string; link: string; expiresAt: number }
  /** To the address an account had before. */
  'address-changed': { username: string; at: number }
  /** To an address that nobody has here yet. `link` lets whoever opens it register. */
  register: { link: string; expiresAt: number }
  /** Somebody asked to register with the address of an account. */
  'register-known': { at: number }
  'access-ended': { at: number }
  'access-restored': { at: number }
}

export const accountLetters: WordsOf<AccountLetters> = {
  'passkey-added': ({ credential, at }, account) => ({
    subject: 'A passkey was added to your account',
    happened: `The passkey “${quoteName(credential)}” was added to your account on ${when(at)}. Whoever holds it can sign in as you.`,
    next: ifNotYou(
      `remove it at ${account}/passkeys, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'passkey-removed': ({ credential, at }, account) => ({
    subject: 'A passkey was removed from your account',
    happened: `The passkey “${quoteName(credential)}” was removed from your account on ${when(at)}. It no longer signs you in, and its sessions have ended.`,
    next: ifNotYou(
      `sign in with another passkey, look through ${account}/passkeys, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'passkey-renamed': ({ former, credential, at }, account) => ({
    subject: 'A passkey of your account was renamed',
    happened: `The passkey “${quoteName(former)}” was renamed to “${quoteName(credential)}” on ${when(at)}. What it can do has not changed.`,
    next: ifNotYou(
      `look through ${account}/passkeys, remove what is not yours, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'passkey-registered': ({ credential, at }, account) => ({
    subject: 'A passkey was registered for you through a link',
    happened: `The passkey “${quoteName(credential)}” was registered for your account through a one-time link on ${when(at)}. Passkeys and sessions you had before have ended.`,
    next: ifNotYou(
      `somebody else has used your link and can now sign in as you: tell an administrator at once. Your account is at ${account}/passkeys.`,
    ),
  }),
  'passkey-rejudged': ({ credential, before, now, reason }, account) => ({
    subject: 'One of your passkeys counts differently now',
    happened: `Your passkey “${quoteName(credential)}” now counts as ${now}; before, it counted as ${before}. The reason: ${quoteName(reason)}`,
    next: `What it still lets you do stands at ${account}/passkeys. You can add another passkey there.`,
  }),
  'password-changed': ({ at }, account) => ({
    subject: 'Your password was changed',
    happened: `Your password was changed on ${when(at)}, and your other sessions have ended. Until you have a passkey, whoever knows it can sign in as you.`,
    next: ifNotYou(
      `tell an administrator now: they can end your access and let you in again. Your account is at ${account}.`,
    ),
  }),
  'codes-set-up': ({ at }, account) => ({
    subject: 'An app makes sign-in codes for your account',
    happened: `On ${when(at)} an app was set up that makes codes for your account. From now on your password signs you in only together with such a code.`,
    next: ifNotYou(`somebody else knows your password: tell an administrator now. Your account is at ${account}.`),
  }),
  'password-ended': ({ reason, at }, account) => ({
    subject: 'Your password no longer signs you in',
    happened: `Since ${when(at)} your password no longer signs you in: ${quoteName(reason)}.`,
    next: ifNotYou(
      `somebody else may sign in as you: tell an administrator now. Your passkeys stand at ${account}/passkeys.`,
    ),
  }),
  'sessions-ended': ({ count, at }, account) => ({
    subject: 'Your other sessions were ended',
    happened: `${count === 1 ? 'Your other session was' : `Your ${count} other sessions were`} ended from another one on ${when(at)}. Where you were signed in there, you sign in again.`,
    next: ifNotYou(
      `sign in, end all other sessions at ${account}/sessions, look through ${account}/passkeys, and tell an administrator.`,
    ),
  }),
  'link-made': ({ by, at }) => ({
    subject: 'A registration link was made for you',
    happened: `${by === null ? 'Somebody with access to the server itself' : quoteName(by)} made a one-time link for your account on ${when(at)}. Whoever opens it can register a passkey as you; ${by === null ? 'all that you came in with before, passkeys, codes, tokens and keys, ends then' : 'passkeys you had before end then'}. The link is not in this letter: you get it from the person who made it.`,
    next: 'If you expect no such link, tell an administrator now, in person or by telephone. So far nothing has changed.',
  }),
  'sign-in-joined': ({ place, by, at }, account) => ({
    subject: 'Another account can now begin to sign in as you',
    happened: `Your account is joined with one at “${quoteName(place)}” since ${when(at)}, ${by === 'person' ? 'by a tap on your key' : 'by your organisation, which manages both'}. Whoever can sign in there can begin to sign in here as you; what matters still takes a tap on your own key.`,
    next: ifNotYou(
      `part the two at ${account}/elsewhere, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'address-check': ({ username, link, expiresAt }) => ({
    subject: 'Is this your address',
    happened: `The account ${username} says that this is its address. If that is you, confirm it here, signed in as ${username}:\n\n${link}`,
    next: `The link works once and until ${when(expiresAt)}. If you know nothing of this, leave it: then nothing happens.`,
  }),
  'address-changed': ({ username, at }, account) => ({
    subject: 'The address of your account was changed',
    happened: `The account ${username} had this address until ${when(at)}. From then on its letters go to another one.`,
    next: ifNotYou(
      `somebody else uses your account: look at ${account}/sessions, end all other sessions there, and tell an administrator.`,
    ),
  }),
  register: ({ link, expiresAt }) => ({
    subject: 'Finish your registration',
    happened: `Somebody, you we hope, asked to register here with this address. Open this link on the device you want to sign in with, such as your phone, and make a passkey there. You need no password:\n\n${link}`,
    next: `The link works once and until ${when(expiresAt)}. Whoever opens it comes in with your address, so pass it on to nobody. If you did not ask for it, leave it: then nothing happens.`,
  }),
  'register-known': ({ at }, account) => ({
    subject: 'You have an account already',
    happened: `On ${when(at)} somebody asked to register here with this address. It belongs to your account already, so nothing was made.`,
    next: `Sign in at ${account.replace(/account$/, 'sign-in')}. If you no longer can, ask an administrator. If you did not ask for this, there is nothing to do.`,
  }),
  'access-ended': ({ at }) => ({
    subject: 'Your access ended',
    happened: `Your access ended on ${when(at)}: sessions, passkeys and tokens work no more. What you made stays, under your name.`,
    next: 'If that is a mistake, talk to an administrator: by a way you know, not by an answer to this letter.',
  }),
  'access-restored': ({ at }) => ({
    subject: 'Your access was given back',
    happened: `Your account was given back to you on ${when(at)}.`,
    next: 'If you expected that, an administrator tells you how you sign in. If you did not, tell one.',
  }),
}
