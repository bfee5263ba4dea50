import { quoteName } from './quote-name.ts'

/** What each kind of letter tells. Times are milliseconds since the epoch; names may be anything people typed. */
export interface LetterFacts {
  'passkey-added': { credential: string; at: number }
  'passkey-removed': { credential: string; at: number }
  'passkey-renamed': { former: string; credential: string; at: number }
  /** Through a one-time link: what the person had before has ended. */
  'passkey-registered': { credential: string; at: number }
  /** `reason` is said of the last one alone, and ends a sentence. */
  'password-changed': { reason: string; at: number }
  'codes-set-up': { reason: string; at: number }
  'password-ended': { reason: string; at: number }
  'token-made': { token: string; expiresAt: number; at: number }
  'ssh-key-added': { key: string; fingerprint: string; at: number }
  'program-let-in': { program: string; expiresAt: number; at: number }
  'program-stopped': { program: string; at: number }
  'sessions-ended': { count: number; at: number }
  /** `by` is null where it was made from the server's own shell. */
  'link-made': { by: string | null; at: number }
  /** `by`: themselves with a tap, or the organisation whose domain their address is at. */
  'sign-in-joined': { place: string; by: 'person' | 'domain'; at: number }
  'passkey-rejudged': { credential: string; before: string; now: string; reason: string }
  /** A webhook they made has ended by itself; `reason` ends a sentence. */
  'webhook-off': { repository: string; host: string; reason: string; at: number }
  /** These go to everybody who administers the repository. `reason` ends a sentence; `lastUsedAt` is 0 for never. */
  'deploy-key-ends': {
    key: string
    repository: string
    days: number
    reason: string
    expiresAt: number
    lastUsedAt: number
  }
  'mirror-failing': { repository: string; host: string; reason: string; at: number }
  'deploy-key-ended': { key: string; repository: string; reason: string; at: number }
  'pipeline-left': { pipeline: string; repository: string; person: string; keepBy: number; isStopped: boolean }
  'pipeline-ended': { pipeline: string; repository: string; person: string; at: number }
  'pipeline-reused': { pipeline: string; repository: string; subject: string; at: number }
  'deploy-key-left': { key: string; repository: string; person: string; keepBy: number }
  /** `agent` is empty for one's own token. */
  'token-ends': {
    token: string
    agent: string
    days: number
    expiresAt: number
    lastUsedAt: number
    isFollowed: boolean
  }
  'token-reused': { token: string; agent: string; at: number }
  'token-given-up': { token: string; agent: string; at: number }
  'access-ended': { at: number }
  'access-restored': { at: number }
  /** To everybody who administers the repository. `what` is `webhook` or `mirror`; `person` looked after it. */
  'left-behind': { what: string; repository: string; host: string; person: string; keepBy: number }
  'left-behind-off': { what: string; repository: string; host: string; person: string; keepBy: number }
  /** To everybody who administers the repository. `pullRequest` is `project/name#12`. */
  'merge-bypassed': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  'bypass-overdue': { pullRequest: string; branch: string; by: string; reason: string; confirmBy: number }
  /** To who wants to merge it as soon as it is ready. `method` is as in "by a merge commit". */
  'merge-ready': { pullRequest: string; method: string }
  /** `pullRequest` is `project/name#12`. */
  'review-requested': { pullRequest: string; by: string }
  /** `by` is null where a program of their own asks. `title` is an act, as in "Merge payments/api#12 into main". */
  'tap-waits': { title: string; by: string | null; link: string; expiresAt: number }
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
  /** `needs` ends a sentence: "a hardware key"; null where it only tells. */
  announcement: { group: string; by: string; title: string; body: string; needs: string | null; dueAt: number | null }
  /** `needs` ends a sentence: "a hardware key". */
  'enrolment-reminder': { rule: string; needs: string; deadline: number }
  /** To somebody who has no account yet. `link` lets whoever opens it register; `what` ends a sentence: "as a guest". */
  invitation: { by: string; what: string; message: string; link: string; expiresAt: number }
  /** To every administrator. */
  ownerless: { at: number }
  /** To a guest whose access ends soon. `ask` is who can prolong it; null: an administrator. */
  'guest-ending': { endsAt: number; ask: string | null }
  /** To who answers for that guest. `page` is where it is prolonged. */
  'guest-ending-sponsor': { guest: string; endsAt: number; page: string }
  /** `link` confirms the address, for whoever is signed in as `username`. */
  'address-check': { username: string; link: string; expiresAt: number }
  /** To the address an account had before. */
  'address-changed': { username: string; at: number }
  /** To an address that nobody has here yet. `link` lets whoever opens it register. */
  register: { link: string; expiresAt: number }
  /** Somebody asked to register with the address of an account. */
  'register-known': { at: number }
  'domain-claim': { domain: string; by: string; claim: string; graceEndsAt: number }
  'domain-claimed': { domain: string; at: number }
  'domain-lost': { domain: string; reason: string; at: number }
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
  'ssh-key-added': ({ key, fingerprint, at }, account) => ({
    subject: 'An SSH key was added to your account',
    happened: `The SSH key “${quoteName(key)}” was added to your account on ${when(at)}. Its fingerprint is ${fingerprint}. Whoever holds it can reach your repositories, or sign commits as you.`,
    next: ifNotYou(`end it at ${account}/ssh-keys, and tell an administrator.`),
  }),
  'token-made': ({ token, expiresAt, at }, account) => ({
    subject: 'An API token was made for your account',
    happened: `The API token “${quoteName(token)}” was made on ${when(at)}. Until ${when(expiresAt)}, programs that hold it act in your name.`,
    next: ifNotYou(
      `end it at ${account}/tokens, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'program-let-in': ({ program, expiresAt, at }, account) => ({
    subject: 'A program was let in as you',
    happened: `You let the program “${quoteName(program)}” in on ${when(at)}. Until ${when(expiresAt)} it acts in your name where it runs.`,
    next: ifNotYou(
      `end it at ${account}/programs, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'program-stopped': ({ program, at }, account) => ({
    subject: 'A program that you had let in was stopped',
    happened: `What you let the program “${quoteName(program)}” do was ended on ${when(at)}. A secret that it shows once only was shown a second time. That can be a fault of the program, or somebody who has a copy of the secret; neither can do anything with it any more.`,
    next: `Where you still use that program, it asks to be let in again. If that happens more than once, tell an administrator, and look through ${account}/programs.`,
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
  'sign-in-joined': ({ place, by, at }, account) => ({
    subject: 'Another account can now begin to sign in as you',
    happened: `Your account is joined with one at “${quoteName(place)}” since ${when(at)}, ${by === 'person' ? 'by a tap on your key' : 'by your organisation, which manages both'}. Whoever can sign in there can begin to sign in here as you; what matters still takes a tap on your own key.`,
    next: ifNotYou(
      `part the two at ${account}/elsewhere, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
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
  'deploy-key-ends': ({ key, repository, days, reason, expiresAt, lastUsedAt }) => ({
    subject: `A deploy key ends in ${days === 1 ? 'a day' : `${days} days`}`,
    happened: `The deploy key “${quoteName(key)}” of ${quoteName(repository)} ends on ${when(expiresAt)}: ${quoteName(reason)}. It was ${lastUsedAt === 0 ? 'never used' : `last used on ${when(lastUsedAt)}`}.`,
    next: 'If whatever uses it is still wanted, give it a new key under Deploy keys, in the settings of the repository. Otherwise there is nothing to do.',
  }),
  'mirror-failing': ({ repository, host, reason, at }) => ({
    subject: 'A mirror of your repository stays behind',
    happened: `The mirror of ${quoteName(repository)} at ${quoteName(host)} has failed several times in a row, last on ${when(at)}: ${quoteName(reason)}`,
    next: 'See what it says under Mirrors, in the settings of the repository. It is tried again every hour, and follows by itself once that is settled.',
  }),
  'deploy-key-ended': ({ key, repository, reason, at }) => ({
    subject: 'A deploy key has ended',
    happened: `The deploy key “${quoteName(key)}” of ${quoteName(repository)} ended on ${when(at)}: ${quoteName(reason)}. Nothing comes in with it any more.`,
    next: 'If whatever used it is still wanted, give it a new key under Deploy keys, in the settings of the repository.',
  }),
  'pipeline-left': ({ pipeline, repository, person, keepBy, isStopped }) => ({
    subject: 'Somebody must keep a pipeline of your repository',
    happened: `${quoteName(person)}, who looked after the pipeline “${quoteName(pipeline)}” of ${quoteName(repository)}, has no access any more. ${isStopped ? 'Its keys were given by hand, and they may have the private half: it comes in no more until somebody keeps it.' : `The pipeline comes in until ${when(keepBy)}.`}`,
    next: isStopped
      ? `If it is still wanted, give it new keys with a tap under Pipelines, in the settings of the repository. Then you look after it. Otherwise it ends on ${when(keepBy)}.`
      : 'If it is still wanted, keep it with a tap under Pipelines, in the settings of the repository. Then you look after it. Otherwise it ends that day.',
  }),
  'pipeline-ended': ({ pipeline, repository, person, at }) => ({
    subject: 'A pipeline of your repository does not come in any more',
    happened: `${quoteName(person)}, who looked after the pipeline “${quoteName(pipeline)}” of ${quoteName(repository)}, has left, and nobody kept it in time. It ended on ${when(at)}.`,
    next: 'If it is still wanted, let it in again under Pipelines, in the settings of the repository.',
  }),
  'pipeline-reused': ({ pipeline, repository, subject, at }) => ({
    subject: 'A token of a pipeline was renewed twice',
    happened: `On ${when(at)} a token of the pipeline “${quoteName(pipeline)}” of ${quoteName(repository)} was renewed that had been renewed before: two programs hold what only one should. The whole run of ${quoteName(subject)} has ended.`,
    next: 'Find out what else can read the tokens of that run. Later runs come in as before; to stop them, end the pipeline under Pipelines, in the settings of the repository.',
  }),
  'deploy-key-left': ({ key, repository, person, keepBy }) => ({
    subject: 'Somebody must keep a deploy key of your repository',
    happened: `${quoteName(person)}, who looked after the deploy key “${quoteName(key)}” of ${quoteName(repository)}, has no access any more. The key goes on until ${when(keepBy)}.`,
    next: 'If it is still wanted, keep it with a tap, in the settings of the repository. Then you look after it. Otherwise it ends that day. They may still have its private half: a new key is better.',
  }),
  'token-ends': ({ token, agent, days, expiresAt, lastUsedAt, isFollowed }, account) => ({
    subject: `An API token ends in ${days === 1 ? 'a day' : `${days} days`}`,
    happened: `The API token “${quoteName(token)}”${agent === '' ? '' : ` of your agent ${quoteName(agent)}`} ends on ${when(expiresAt)}. It was ${lastUsedAt === 0 ? 'never used' : `last used on ${when(lastUsedAt)}`}.${isFollowed ? ' Its successor was not used yet.' : ''}`,
    next: isFollowed
      ? `Put the successor to use before then, wherever the former one is. Both stand at ${agent === '' ? `${account}/tokens` : account.replace(/account$/, 'agents')}.`
      : `If what uses it is still wanted, replace it with a tap at ${agent === '' ? `${account}/tokens` : account.replace(/account$/, 'agents')}. Otherwise there is nothing to do.`,
  }),
  'token-reused': ({ token, agent, at }, account) => ({
    subject: 'A replaced API token was shown again',
    happened: `The API token “${quoteName(token)}”${agent === '' ? '' : ` of your agent ${quoteName(agent)}`} had renewed itself, and its successor was in use. On ${when(at)} the former one was shown again: two programs hold what only one should. Everything that followed it has ended.`,
    next: `Find out which program that was. Then make a new token at ${agent === '' ? `${account}/tokens` : account.replace(/account$/, 'agents')}.`,
  }),
  'token-given-up': ({ token, agent, at }, account) => ({
    subject: 'An API token was found, and has ended',
    happened: `On ${when(at)} somebody who had the API token “${quoteName(token)}”${agent === '' ? '' : ` of your agent ${quoteName(agent)}`} ended it, without signing in. Whoever finds a token somewhere may do that, and so may a program that looks for them.`,
    next: `Find out where it could be read, and what came in by it meanwhile. Then make a new token at ${agent === '' ? `${account}/tokens` : account.replace(/account$/, 'agents')}.`,
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
  invitation: ({ by, what, message, link, expiresAt }) => ({
    subject: 'You are invited',
    happened: `${quoteName(by)} invites you ${quoteName(what)}.${message === '' ? '' : ` They write: “${quoteName(message)}”`}\n\nOpen this link on the device you want to sign in with, such as your phone, and make a passkey there. You need no password:\n\n${link}`,
    next: `The link works once and until ${when(expiresAt)}. Whoever opens it comes in as you, so pass it on to nobody. If you do not know ${quoteName(by)}, leave it.`,
  }),
  ownerless: ({ at }) => ({
    subject: 'No owner is left',
    happened: `On ${when(at)} the access of the last owner ended. Nobody can change settings or the directory now.`,
    next: 'Whoever runs the server makes a next owner there, with `postern admin setup-link`. If nobody meant this, look at the record of that moment first: it says what ended it.',
  }),
  'guest-ending': ({ endsAt, ask }) => ({
    subject: 'Your access ends soon',
    happened: `Your access as a guest ends by itself on ${when(endsAt)}.`,
    next: `If you still need it then, ask ${ask === null ? 'an administrator' : quoteName(ask)} to prolong it.`,
  }),
  'guest-ending-sponsor': ({ guest, endsAt, page }) => ({
    subject: 'The access of a guest ends soon',
    happened: `You answer for ${quoteName(guest)}, a guest whose access ends by itself on ${when(endsAt)}.`,
    next: `If they still need it then, prolong it with a tap at ${page}. Otherwise there is nothing to do.`,
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
}

/** Their links let somebody in, or prove something. */
const carriesSecret: ReadonlySet<LetterKind> = new Set(['invitation', 'register', 'address-check'])
const noProof = 'No link in this letter signs you in or proves anything: you can type the address yourself.'

/** Subject and text of a letter, without the greeting, which is written when the letter is sent. */
export function renderLetter<Kind extends LetterKind>(
  kind: Kind,
  facts: LetterFacts[Kind],
  origin: string,
): { subject: string; text: string } {
  const { subject, happened, next } = words[kind](facts, `${origin}/-/account`)
  const from = carriesSecret.has(kind) ? `Postern at ${origin}` : `Postern at ${origin}\n${noProof}`
  return { subject, text: `${happened}\n\n${next}\n\n--\u0020\n${from}\n` }
}

/** A text in pieces that `quoteName` shows whole. */
const quoteText = (text: string): string =>
  (text.match(/\S.{0,180}(?=\s|$)|\S{1,181}/gsu) ?? []).map(quoteName).join('\n')

/** Names of projects and repositories hold nothing that could be taken for another address. */
const pageOf = (pullRequest: string, account: string): string =>
  `${account.replace(/\/-\/account$/, '')}/${pullRequest.replace('#', '/pull-requests/')}`

const when = (at: number): string => {
  const [day = '', time = ''] = new Date(at).toISOString().split('T')
  return `${day} at ${time.slice(0, 5)} UTC`
}
