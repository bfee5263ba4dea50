import { quoteName } from '../quote-name.ts'
import { quoteText, when, type WordsOf } from './words.ts'

/** What an organisation tells its people, and what it is told of itself. */
export interface OrganisationLetters {
  /** To somebody who has no account yet. `link` lets whoever opens it register; `what` ends a sentence: "as a guest". */
  invitation: { by: string; what: string; message: string; link: string; expiresAt: number }
  /** `needs` ends a sentence: "a hardware key"; null where it only tells. */
  announcement: { group: string; by: string; title: string; body: string; needs: string | null; dueAt: number | null }
  /** `needs` ends a sentence: "a hardware key". */
  'enrolment-reminder': { rule: string; needs: string; deadline: number }
  /** To a guest whose access ends soon. `ask` is who can prolong it; null: an administrator. */
  'guest-ending': { endsAt: number; ask: string | null }
  /** To who answers for them, or to every administrator. `page` is where it is prolonged. */
  'guest-ending-sponsor': { guest: string; endsAt: number; page: string }
  /** To every administrator. */
  ownerless: { at: number }
  'domain-claim': { domain: string; by: string; claim: string; graceEndsAt: number }
  'domain-claimed': { domain: string; at: number }
  'domain-lost': { domain: string; reason: string; at: number }
}

export const organisationLetters: WordsOf<OrganisationLetters> = {
  invitation: ({ by, what, message, link, expiresAt }) => ({
    subject: 'You are invited',
    happened: `${quoteName(by)} invites you ${quoteName(what)}.${message === '' ? '' : ` They write: “${quoteName(message)}”`}\n\nOpen this link on the device you want to sign in with, such as your phone, and make a passkey there. You need no password:\n\n${link}`,
    next: `The link works once and until ${when(expiresAt)}. Whoever opens it comes in as you, so pass it on to nobody. If you do not know ${quoteName(by)}, leave it.`,
  }),
  announcement: ({ group, by, title, body, needs, dueAt }, account) => ({
    subject: 'News about how you sign in and approve',
    happened: `${quoteName(by)} tells everybody in ${quoteName(group)}: “${quoteName(title)}”.${body === '' ? '' : `\n\n${quoteText(body)}`}`,
    next:
      needs === null
        ? `It also stands on your home page at ${account.replace(/-\/account$/, '')}`
        : `Please add ${needs}${dueAt === null ? '' : ` by ${when(dueAt)}`}, at ${account}/passkeys: two taps, and no password.`,
  }),
  'enrolment-reminder': ({ rule, needs, deadline }, account) => ({
    subject: 'Register what you will need to sign in',
    happened: `From ${when(deadline)} on, the rule “${quoteName(rule)}” asks you for ${needs}. You have none yet.`,
    next: `Register it before then at ${account}/passkeys. After that day, signing in leads you straight to registering it.`,
  }),
  'guest-ending': ({ endsAt, ask }) => ({
    subject: 'Your access ends soon',
    happened: `Your access ends by itself on ${when(endsAt)}.`,
    next: `If you still need it then, ask ${ask === null ? 'an administrator' : quoteName(ask)} to prolong it.`,
  }),
  'guest-ending-sponsor': ({ guest, endsAt, page }) => ({
    subject: 'The access of somebody here ends soon',
    happened: `The access of ${quoteName(guest)} ends by itself on ${when(endsAt)}. You answer for them, or are an administrator and nobody else does.`,
    next: `If they still need it then, prolong it with a tap at ${page}. Otherwise there is nothing to do.`,
  }),
  ownerless: ({ at }) => ({
    subject: 'No owner is left',
    happened: `On ${when(at)} the access of the last owner ended. Nobody can change settings or the directory now.`,
    next: 'Whoever runs the server makes a next owner there, with `postern admin setup-link`. If nobody meant this, look at the record of that moment first: it says what ended it.',
  }),
  'domain-claim': ({ domain, by, claim, graceEndsAt }, account) => ({
    subject: 'Your organisation wants to manage your account',
    happened: `Your address is at ${domain}. ${quoteName(by)} says that accounts there belong to the organisation. From ${when(graceEndsAt)} on it manages yours: you can then no longer change its address or leave alone. Your work, keys and access stay as they are.`,
    next: `Agree or object at ${account.replace(/account$/, 'claims')}/${claim}. If the account is your own, change its address to one of yours before then: ${account}/profile`,
  }),
  'domain-claimed': ({ domain, at }, account) => ({
    subject: 'Your organisation manages your account now',
    happened: `Since ${when(at)} your account is managed by ${domain}. Your work, keys and access are as they were.`,
    next: `What that means stands at ${account}/profile.`,
  }),
  'domain-lost': ({ domain, reason, at }, account) => ({
    subject: 'The proof of a domain is lost',
    happened: `For a week the proof that ${domain} is your organisation’s was not found, so since ${when(at)} it no longer counts as verified: ${quoteName(reason)} Nobody’s access ended by that. Nobody new can be managed by it until it is verified again.`,
    next: `Look at it at ${account.replace(/account$/, 'directory/domains')}.`,
  }),
}
