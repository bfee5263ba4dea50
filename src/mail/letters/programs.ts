import { quoteName } from '../quote-name.ts'
import { ifNotYou, when, type WordsOf } from './words.ts'

/** What lets programs and machines in: tokens, keys, grants, pipelines. */
export interface ProgramLetters {
  'token-made': { token: string; expiresAt: number; at: number }
  'ssh-key-added': { key: string; fingerprint: string; at: number }
  'program-let-in': { program: string; expiresAt: number; at: number }
  'program-stopped': { program: string; at: number }
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
  /** These go to everybody who administers the repository. `reason` ends a sentence; `lastUsedAt` is 0 for never. */
  'deploy-key-ends': {
    key: string
    repository: string
    days: number
    reason: string
    expiresAt: number
    lastUsedAt: number
  }
  'deploy-key-ended': { key: string; repository: string; reason: string; at: number }
  'deploy-key-left': { key: string; repository: string; person: string; keepBy: number }
  'pipeline-left': { pipeline: string; repository: string; person: string; keepBy: number; isStopped: boolean }
  'pipeline-ended': { pipeline: string; repository: string; person: string; at: number }
  'pipeline-reused': { pipeline: string; repository: string; subject: string; at: number }
}

export const programLetters: WordsOf<ProgramLetters> = {
  'token-made': ({ token, expiresAt, at }, account) => ({
    subject: 'An API token was made for your account',
    happened: `The API token “${quoteName(token)}” was made on ${when(at)}. Until ${when(expiresAt)}, programs that hold it act in your name.`,
    next: ifNotYou(
      `end it at ${account}/tokens, end all other sessions at ${account}/sessions, and tell an administrator.`,
    ),
  }),
  'ssh-key-added': ({ key, fingerprint, at }, account) => ({
    subject: 'An SSH key was added to your account',
    happened: `The SSH key “${quoteName(key)}” was added to your account on ${when(at)}. Its fingerprint is ${fingerprint}. Whoever holds it can reach your repositories, or sign commits as you.`,
    next: ifNotYou(`end it at ${account}/ssh-keys, and tell an administrator.`),
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
  'deploy-key-ends': ({ key, repository, days, reason, expiresAt, lastUsedAt }) => ({
    subject: `A deploy key ends in ${days === 1 ? 'a day' : `${days} days`}`,
    happened: `The deploy key “${quoteName(key)}” of ${quoteName(repository)} ends on ${when(expiresAt)}: ${quoteName(reason)}. It was ${lastUsedAt === 0 ? 'never used' : `last used on ${when(lastUsedAt)}`}.`,
    next: 'If whatever uses it is still wanted, give it a new key under Deploy keys, in the settings of the repository. Otherwise there is nothing to do.',
  }),
  'deploy-key-ended': ({ key, repository, reason, at }) => ({
    subject: 'A deploy key has ended',
    happened: `The deploy key “${quoteName(key)}” of ${quoteName(repository)} ended on ${when(at)}: ${quoteName(reason)}. Nothing comes in with it any more.`,
    next: 'If whatever used it is still wanted, give it a new key under Deploy keys, in the settings of the repository.',
  }),
  'deploy-key-left': ({ key, repository, person, keepBy }) => ({
    subject: 'Somebody must keep a deploy key of your repository',
    happened: `${quoteName(person)}, who looked after the deploy key “${quoteName(key)}” of ${quoteName(repository)}, has no access any more. The key goes on until ${when(keepBy)}.`,
    next: 'If it is still wanted, keep it with a tap, in the settings of the repository. Then you look after it. Otherwise it ends that day. They may still have its private half: a new key is better.',
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
}
