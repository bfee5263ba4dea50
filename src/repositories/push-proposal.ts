import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { explainDecision } from '../policy/words.ts'
import { type ReceiveRequest, type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { checkShortRefName, refNameSentences } from '../protocols/git/ref-name.ts'
import { oneLine } from '../protocols/git/report-status.ts'
import { anotherName, type Told } from './judge-ref-update.ts'
import type { RepositoryPlace } from './place.ts'
import { parsePushOptions, type PushOptions } from './push-options.ts'
import type { PushTables, Refusal } from './push-judgement.ts'
import { createPushJudge } from './push-taps.ts'
import type { RefParts } from './ref-updates.ts'
import { readRef } from './refs.ts'

/** Opens a pull request for a branch that was just pushed, or finds the one that is open for it. */
export type OpenForPush = (
  place: RepositoryPlace,
  caller: Caller,
  wanted: { title: string; description: string; isDraft?: boolean; sourceBranch: string; targetBranch: string },
) => Promise<{ number: number; isNew: boolean }>

export interface ProposalParts extends RefParts {
  policy: PolicyInForce
  openForPush: OpenForPush
}

/** A push that is to become a pull request: its one command, and into which branch. */
export interface Proposal {
  command: RefCommand
  targetBranch: string
  options: PushOptions
}

const proposalPrefix = 'refs/for/'

/**
 * Whether a push asks for a pull request instead: it names `refs/for/<branch>`, or a protected branch together with
 * `-o pull-request`.
 */
export async function findProposal(
  { database, git }: RefParts,
  { folder, repository }: RepositoryPlace,
  { commands, options: given, capabilities }: ReceiveRequest,
): Promise<{ proposal: Proposal } | { refusal: Refusal } | undefined> {
  const options = parsePushOptions(given)
  const protectedRefs = options.pullRequest === undefined ? [] : await listProtected(database.read, repository.id)
  const command = commands.find(({ ref }) => ref.startsWith(proposalPrefix) || protectedRefs.includes(ref))
  if (command === undefined) return undefined
  const { ref } = command
  const targetBranch = ref.replace(/^refs\/(for|heads)\//, '')
  const refusal = (code: string, reason: string, ...sentences: Told): { refusal: Refusal } => ({
    refusal: { outcome: 'refuse', code, reason, sentences, ref },
  })
  if (commands.length > 1)
    return refusal(
      'proposal-alone',
      'it comes alone',
      'A push that opens a pull request updates nothing else.',
      'Push it by itself.',
    )
  if (command.newOid === zeroOid)
    return refusal(
      'nothing-to-propose',
      'nothing to propose',
      'A deletion cannot be proposed.',
      'Delete the branch on the page Branches.',
    )
  // Older ones, and most that are not stock git, would take the branch itself for updated.
  if (!ref.startsWith(proposalPrefix) && !capabilities.includes('report-status-v2'))
    return refusal(
      'git-too-old',
      'this git is too old',
      'To open a pull request by the name of its branch takes git 2.29 or newer.',
      `Push to another name: git push origin HEAD:${proposalPrefix}${targetBranch}`,
    )
  const problem = checkShortRefName(targetBranch) ?? checkShortRefName(options.pullRequest?.branch ?? 'x')
  if (problem !== undefined)
    return refusal('ref-name', 'this name cannot be used', refNameSentences[problem], anotherName)
  if ((await readRef(git, folder, `refs/heads/${targetBranch}`)) === zeroOid)
    return refusal(
      'no-such-branch',
      'there is no such branch',
      `There is no branch ${targetBranch}.`,
      'Name one that is there.',
    )
  return { proposal: { command, targetBranch, options } }
}

async function listProtected(db: Db<'protectedBranch'>, repositoryId: RepositoryPlace['repository']['id']) {
  const rows = await db.selectFrom('protectedBranch').select('ref').where('repositoryId', '=', repositoryId).execute()
  return rows.map(({ ref }) => ref)
}

/** A proposal whose commits were read: what it is called, and the branch it would like. */
export interface ReadProposal extends Proposal {
  title: string
  description: string
  branch: string
}

/** Reads the commits in their quarantine; the first of them gives the proposal its words. */
export async function readProposal(
  { database, git, policy, now }: ProposalParts,
  { place, caller }: { place: RepositoryPlace; caller: Caller },
  proposal: Proposal,
  quarantine: string,
): Promise<ReadProposal | { refusal: Refusal }> {
  const { command, targetBranch, options } = proposal
  const run = async (...args: string[]): Promise<string> =>
    (
      await git.run(args, { repository: place.folder, objectDirectory: quarantine, maxOutputBytes: 64 * 1024 ** 2 })
    ).stdout.toString()
  const refuse = (code: string, reason: string, ...sentences: Told): { refusal: Refusal } => ({
    refusal: { outcome: 'refuse', code, reason, sentences, ref: command.ref },
  })
  const added = await run('rev-list', '--topo-order', command.newOid, `^refs/heads/${targetBranch}`)
  const first = added.trimEnd().split('\n').at(-1) ?? ''
  if (first === '') return refuse('nothing-to-merge', 'nothing to merge', nothingToMerge(targetBranch), commitFirst)
  const [subject = '', body = ''] = (await run('log', '-z', '--max-count=1', '--format=%s%x00%b', first)).split('\0')
  const title = oneLine(options.title ?? subject).slice(0, 300) || 'Untitled'
  const branch = options.pullRequest?.branch ?? `${caller.username}/${slugOf(subject)}`
  const sentence = await findBranchRefusal({ db: database.read, policy, at: now() }, place, caller, branch)
  if (sentence !== undefined) return refuse('not-allowed', 'its branch may not be pushed so', sentence, nameAnother)
  return { ...proposal, title, description: (options.description ?? body).trim().slice(0, 50_000), branch }
}

/** By whatever door it is proposed. */
export const nameAnother = 'Name another: git push -o pull-request=<branch>.'

export const commitFirst = 'Commit something that it lacks, and push that.'

export const nothingToMerge = (targetBranch: string): string => `${targetBranch} has all of it already.`

/** Why this caller may not push to a branch of this name just so; the detour must not go past a guardrail. */
export async function findBranchRefusal(
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  place: RepositoryPlace,
  caller: Caller,
  branch: string,
): Promise<string | undefined> {
  const { decision, facts } = (await createPushJudge(parts, place, caller))(branch)
  if (decision.outcome === 'allow') return undefined
  return `The branch ${branch} would be made for this. ${explainDecision(decision, facts)}`
}

/** A part of a branch's name that people read: lower case, digits and dashes. */
export function slugOf(subject: string): string {
  const slug = subject
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  return slug === '' || slug.endsWith('lock') ? `change${slug && `-${slug}`}` : slug
}
