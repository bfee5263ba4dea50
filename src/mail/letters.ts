import { quoteName } from './quote-name.ts'

/** What each kind of letter tells. Times are milliseconds since the epoch; names may be anything people typed. */
export interface LetterFacts {
  'passkey-added': { credential: string; at: number }
  'passkey-removed': { credential: string; at: number }
  /** Through a one-time link: what the person had before has ended. */
  'passkey-registered': { credential: string; at: number }
  'token-made': { token: string; expiresAt: number; at: number }
  'sessions-ended': { count: number; at: number }
  /** `by` is null where it was made from the server's own shell. */
  'link-made': { by: string | null; at: number }
  'passkey-rejudged': { credential: string; before: string; now: string; reason: string }
  /** A webhook they made has ended by itself; `reason` ends a sentence. */
  'webhook-off': { repository: string; host: string; reason: string; at: number }
  /** To everybody who administers the repository. `pullRequest` is `project/name#12`. */
  'merge-bypassed': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  'bypass-overdue': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  /** To who wants to merge it as soon as it is ready. `method` is as in "by a merge commit". */
  'merge-ready': { pullRequest: string; method: string }
  /** `pullRequest` is `project/name#12`. */
  'review-requested': { pullRequest: string; by: string }
  /** `by` is null where a program of their own asks. `title` is an act, as in "Merge payments/api#12 into main". */
  'tap-waits': { title: string; by: string | null; link: string; expiresAt: number }
  /** `needs` ends a sentence: "a hardware key". */
  'enrolment-reminder': { rule: string; needs: string; deadline: number }
}

export type LetterKind = keyof LetterFacts

interface Words {
  subject: string
  happened: string
  /** What to do now, or what to do if this was not you. */
  next: string
}

const ifNotYou = (steps: string): string => `If this was not you, ${steps}`

const words: { [Kind in LetterKind]: (facts: LetterFacts[Kind], account: string) => Words } = {
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
  'passkey-registered': ({ credential, at }, account) => ({
    subject: 'A passkey was registered for you through a link',
    happened: `The passkey “${quoteName(credential)}” was registered for your account through a one-time link on ${when(at)}. Passkeys and sessions you had before have ended.`,
    next: ifNotYou(
      `somebody else has used your link and can now sign in as you: tell an administrator at once. Your account is at ${account}/passkeys.`,
    ),
  }),
  'token-made': ({ token, expiresAt, at }, account) => ({
    subject: 'An API token was made for your account',
    happened: `The API token “${quoteName(token)}” was made on ${when(at)}. Until ${when(expiresAt)}, programs that hold it act in your name.`,
    next: ifNotYou(
      `end it at ${account}/tokens, end all other sessions at ${account}/sessions, and tell an administrator.`,
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
    happened: `${by === null ? 'Somebody with access to the server itself' : quoteName(by)} made a one-time link for your account on ${when(at)}. Whoever opens it can register a passkey as you; passkeys you had before end then. The link is not in this letter: you get it from the person who made it.`,
    next: 'If you expect no such link, tell an administrator now, in person or by telephone. So far nothing has changed.',
  }),
  'passkey-rejudged': ({ credential, before, now, reason }, account) => ({
    subject: 'One of your passkeys counts differently now',
    happened: `Your passkey “${quoteName(credential)}” now counts as ${now}; before, it counted as ${before}. The reason: ${quoteName(reason)}`,
    next: `What it still lets you do stands at ${account}/passkeys. You can add another passkey there.`,
  }),
  'webhook-off': ({ repository, host, reason, at }) => ({
    subject: 'A webhook you made was switched off',
    happened: `The webhook of ${quoteName(repository)} to ${quoteName(host)} was switched off on ${when(at)}: ${quoteName(reason)}. Nothing is sent there any more.`,
    next: 'What was sent and answered stands under Webhooks in the settings of the repository, where it can be switched on again.',
  }),
  'merge-bypassed': ({ pullRequest, branch, by, reason, confirmBy }, account) => ({
    subject: 'A change was merged past the rule of its branch',
    happened: `${quoteName(by)} merged ${quoteName(pullRequest)} past the rule of ${quoteName(branch)}, and gave this reason: “${quoteName(reason)}”.`,
    next: `Until ${when(confirmBy)} a second person has to look at it and confirm that with a tap, on its page at ${pageOf(pullRequest, account)}. If nobody should have done this, talk to ${quoteName(by)} now.`,
  }),
  'bypass-overdue': ({ pullRequest, branch, by, reason, confirmBy }, account) => ({
    subject: 'Nobody has looked at what was merged past a rule',
    happened: `${quoteName(by)} merged ${quoteName(pullRequest)} past the rule of ${quoteName(branch)}: “${quoteName(reason)}”. A second person had to look at it by ${when(confirmBy)}, and nobody has.`,
    next: `Look at it now and confirm it with a tap, on its page at ${pageOf(pullRequest, account)}, or undo it.`,
  }),
  'merge-ready': ({ pullRequest, method }, account) => ({
    subject: 'A pull request is ready and waits for your tap',
    happened: `You asked to merge ${quoteName(pullRequest)} by ${quoteName(method)} when it is ready. It is: nothing but your tap is missing.`,
    next: `It stands in your inbox at ${account.replace(/account$/, 'inbox')} for a day, unless something changes before.`,
  }),
  'review-requested': ({ pullRequest, by }, account) => ({
    subject: 'Your review is asked for',
    happened: `${quoteName(by)} asks for your review of ${pullRequest}.`,
    next: `Read it at ${pageOf(pullRequest, account)}. Your account says whether you get such letters: ${account}/notifications`,
  }),
  'tap-waits': ({ title, by, link, expiresAt }, account) => ({
    subject: 'Something waits for your tap',
    happened: `${by === null ? 'A program that holds one of your tokens' : quoteName(by)} asks for your tap: “${quoteName(title)}”.`,
    next: `Look at it at ${link}, where you can also refuse it. It waits until ${when(expiresAt)}. Your account says whether you get such letters: ${account}/notifications`,
  }),
  'enrolment-reminder': ({ rule, needs, deadline }, account) => ({
    subject: 'Register what you will need to sign in',
    happened: `From ${when(deadline)} on, the rule “${quoteName(rule)}” asks you for ${needs}. You have none yet.`,
    next: `Register it before then at ${account}/passkeys. After that day, signing in leads you straight to registering it.`,
  }),
}

/** Subject and text of a letter, without the greeting, which is written when the letter is sent. */
export function renderLetter<Kind extends LetterKind>(
  kind: Kind,
  facts: LetterFacts[Kind],
  origin: string,
): { subject: string; text: string } {
  const { subject, happened, next } = words[kind](facts, `${origin}/-/account`)
  const from = `Postern at ${origin}\nNo link in this letter signs you in or proves anything: you can type the address yourself.`
  return { subject, text: `${happened}\n\n${next}\n\n--\u0020\n${from}\n` }
}

/** Names of projects and repositories hold nothing that could be taken for another address. */
const pageOf = (pullRequest: string, account: string): string =>
  `${account.replace(/\/-\/account$/, '')}/${pullRequest.replace('#', '/pull-requests/')}`

const when = (at: number): string => {
  const [day = '', time = ''] = new Date(at).toISOString().split('T')
  return `${day} at ${time.slice(0, 5)} UTC`
}
