import { quoteName } from '../quote-name.ts'
import { pageOf, when, type WordsOf } from './words.ts'

/** What happens in a repository, and what waits there. */
export interface RepositoryLetters {
  /** `pullRequest` is `project/name#12`. */
  'review-requested': { pullRequest: string; by: string }
  /** To who proposed it. */
  reviewed: { pullRequest: string; by: string; verdict: 'approved' | 'changes-requested' | 'commented' }
  landed: { pullRequest: string; by: string; what: 'merged' | 'closed' }
  /** To who proposed it, said something there before, or is named. */
  talk: { pullRequest: string; by: string; why: 'yours' | 'answer' | 'mention' }
  /** To who wants to merge it as soon as it is ready. `method` is as in "by a merge commit". */
  'merge-ready': { pullRequest: string; method: string }
  /** `by` is null where a program of their own asks. `title` is an act, as in "Merge payments/api#12 into main". */
  'tap-waits': { title: string; by: string | null; link: string; expiresAt: number }
  /** To everybody who administers the repository. `pullRequest` is `project/name#12`. */
  'merge-bypassed': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  'bypass-overdue': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  /** A webhook they made has ended by itself; `reason` ends a sentence. */
  'webhook-off': { repository: string; host: string; reason: string; at: number }
  /** To everybody who administers the repository. */
  'mirror-failing': { repository: string; host: string; reason: string; at: number }
  /** To everybody who administers the repository. `what` is `webhook` or `mirror`; `person` looked after it. */
  'left-behind': { what: string; repository: string; host: string; person: string; keepBy: number }
  'left-behind-off': { what: string; repository: string; host: string; person: string; keepBy: number }
}

const reviewedWords = {
  approved: ['Your pull request was approved', 'approved'],
  'changes-requested': ['Somebody asks for changes of your pull request', 'asks for changes of'],
  commented: ['Your pull request was reviewed', 'reviewed'],
} as const
const talkWords = {
  yours: ['Somebody says something about your pull request', 'says something about'],
  answer: ['Somebody answered you', 'answered on'],
  mention: ['Somebody speaks to you', 'speaks to you on'],
} as const

const readIt = (pullRequest: string, account: string): string =>
  `Read it at ${pageOf(pullRequest, account)}. Your account says whether you get such letters: ${account}/notifications`

export const repositoryLetters: WordsOf<RepositoryLetters> = {
  'review-requested': ({ pullRequest, by }, account) => ({
    subject: 'Your review is asked for',
    happened: `${quoteName(by)} asks for your review of ${pullRequest}.`,
    next: readIt(pullRequest, account),
  }),
  reviewed: ({ pullRequest, by, verdict }, account) => ({
    subject: reviewedWords[verdict][0],
    happened: `${quoteName(by)} ${reviewedWords[verdict][1]} ${quoteName(pullRequest)}.`,
    next: readIt(pullRequest, account),
  }),
  landed: ({ pullRequest, by, what }, account) => ({
    subject: `Your pull request was ${what}`,
    happened: `${quoteName(by)} ${what} ${quoteName(pullRequest)}.`,
    next: readIt(pullRequest, account),
  }),
  talk: ({ pullRequest, by, why }, account) => ({
    subject: talkWords[why][0],
    happened: `${quoteName(by)} ${talkWords[why][1]} ${quoteName(pullRequest)}. Of what follows in the next minutes no letter comes.`,
    next: readIt(pullRequest, account),
  }),
  'merge-ready': ({ pullRequest, method }, account) => ({
    subject: 'A pull request is ready and waits for your tap',
    happened: `You asked to merge ${quoteName(pullRequest)} by ${quoteName(method)} when it is ready. It is: nothing but your tap is missing.`,
    next: `It stands in your inbox at ${account.replace(/account$/, 'inbox')} for a day, unless something changes before.`,
  }),
  'tap-waits': ({ title, by, link, expiresAt }, account) => ({
    subject: 'Something waits for your tap',
    happened: `${by === null ? 'A program that holds one of your tokens' : quoteName(by)} asks for your tap: “${quoteName(title)}”.`,
    next: `Look at it at ${link}, where you can also refuse it. It waits until ${when(expiresAt)}. Your account says whether you get such letters: ${account}/notifications`,
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
  'webhook-off': ({ repository, host, reason, at }) => ({
    subject: 'A webhook you made was switched off',
    happened: `The webhook of ${quoteName(repository)} to ${quoteName(host)} was switched off on ${when(at)}: ${quoteName(reason)}. Nothing is sent there any more.`,
    next: 'What was sent and answered stands under Webhooks in the settings of the repository, where it can be switched on again.',
  }),
  'mirror-failing': ({ repository, host, reason, at }) => ({
    subject: 'A mirror of your repository stays behind',
    happened: `The mirror of ${quoteName(repository)} at ${quoteName(host)} has failed several times in a row, last on ${when(at)}: ${quoteName(reason)}`,
    next: 'See what it says under Mirrors, in the settings of the repository. It is tried again every hour, and follows by itself once that is settled.',
  }),
  'left-behind': ({ what, repository, host, person, keepBy }) => ({
    subject: `Somebody must keep a ${what} of your repository`,
    happened: `${quoteName(person)}, who looked after the ${what} of ${quoteName(repository)} to ${quoteName(host)}, has no access any more. The ${what} goes on until ${when(keepBy)}.`,
    next: 'If it is still wanted, keep it with a tap, in the settings of the repository. Then you look after it. Otherwise it is switched off that day.',
  }),
  'left-behind-off': ({ what, repository, host, person }) => ({
    subject: `A ${what} of your repository was switched off`,
    happened: `${quoteName(person)}, who looked after the ${what} of ${quoteName(repository)} to ${quoteName(host)}, has left, and nobody kept it in time. Nothing goes there any more.`,
    next: 'If it is still wanted, switch it on again in the settings of the repository.',
  }),
}
