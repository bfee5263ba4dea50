import type { Duplex } from 'node:stream'
import type { RefUpdateTable } from '../database/schema.ts'
import { ProblemError, tryAgain } from '../http/problem.ts'
import {
  createProcReceiveParser,
  procReceiveVersion,
  renderProcReceive,
  type ProcReceiveResult,
} from '../protocols/git/proc-receive.ts'
import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { oneLine } from '../protocols/git/report-status.ts'
import { chooseBranch } from './choose-branch.ts'
import { GitError } from './git.ts'
import { gitTrouble } from './git-reply.ts'
import { allowOn, say } from './pre-receive.ts'
import type { Push, PushParts } from './push-parts.ts'
import type { Told } from './judge-ref-update.ts'
import { linesOf, toldOf } from './push-judgement.ts'
import { nameAnother, type ReadProposal } from './push-proposal.ts'
import { checkStillWrites, getPusher } from './push-standing.ts'
import { methodOf, moveRef } from './ref-updates.ts'

/**
 * Lets a judged proposal land: git keeps its objects and hands the update over, the server moves a branch of its own
 * choice and opens the pull request, and git tells the pusher which branch that is.
 */
export async function landProposal(parts: PushParts, push: Push, hook: Duplex, proposal: ReadProposal): Promise<void> {
  const asked = await hearCommands(hook)
  // git ended before it came to it: nothing was made.
  if (asked === undefined) return
  const results: ProcReceiveResult[] = []
  for (const command of asked) {
    const isProposal = command.ref === proposal.command.ref && command.newOid === proposal.command.newOid
    results.push(isProposal ? await propose(parts, push, hook, proposal) : { ref: command.ref, reason: 'not expected' })
  }
  write(hook, [...renderProcReceive(results), 'end'])
  if (hook.writable) hook.end()
}

/** Says yes to pre-receive, and waits for what the hook that follows is asked; undefined where none follows. */
async function hearCommands(hook: Duplex): Promise<RefCommand[] | undefined> {
  const parse = createProcReceiveParser()
  const { promise, resolve, reject } = Promise.withResolvers<RefCommand[] | undefined>()
  const onData = (chunk: Buffer): void => {
    try {
      for (const ask of parse(chunk)) {
        if (ask.kind === 'version') write(hook, procReceiveVersion)
        else resolve(ask.commands)
      }
    } catch (error) {
      reject(error)
    }
  }
  const onClose = (): void => resolve(undefined)
  hook.on('data', onData)
  hook.once('close', onClose)
  allowOn(hook)
  try {
    return await promise
  } finally {
    hook.off('data', onData)
    hook.off('close', onClose)
    hook.resume()
  }
}

function write(hook: Duplex, lines: readonly string[]): void {
  if (hook.writable) hook.write(lines.map((line) => `${line}\n`).join(''))
}

type Pusher = Pick<Push, 'place' | 'caller'>

async function propose(parts: PushParts, push: Push, hook: Duplex, proposal: ReadProposal): Promise<ProcReceiveResult> {
  const { ref, newOid } = proposal.command
  try {
    const caller = await getPusher(push)
    const place = await checkStillWrites(parts.database.read, push.place, caller)
    const { branch, oldOid } = await chooseProposed(parts, { place, caller }, proposal)
    const moved = { ref: `refs/heads/${branch}`, oldOid, newOid }
    if (oldOid !== newOid) await moveBranch(parts, { place, caller }, moved)
    const { title, description, targetBranch } = proposal
    const { isDraft } = proposal.options
    const opened = await parts.openForPush(place, caller, {
      title,
      description,
      isDraft,
      sourceBranch: branch,
      targetBranch,
    })
    const name = `${place.path}#${opened.number}`
    say(hook, [
      opened.isNew
        ? `Opened ${name}${isDraft ? ' as a draft' : ''}, ${branch} into ${targetBranch}:`
        : `Updated ${name}, ${branch} into ${targetBranch}:`,
      `${parts.origin}/${place.path}/pull-requests/${opened.number}`,
      ...(isDraft && !opened.isNew
        ? ['-o draft is for what a push opens: this one was open, and stays as it is.']
        : []),
    ])
    return { ref, instead: moved }
  } catch (error) {
    if (!(error instanceof ProblemError)) parts.log(error, 'a proposal did not land')
    const told: Told =
      error instanceof ProblemError
        ? toldOf(error)
        : ['The server could not open this pull request. It has been logged.', tryAgain]
    say(hook, linesOf(told))
    return { ref, reason: oneLine(error instanceof ProblemError ? error.message : 'not opened') }
  }
}

/** The wanted name where it is free or only moves on; else with the next number behind it. */
const chooseProposed = (
  parts: PushParts,
  pusher: Pusher,
  { branch, command: { newOid } }: ReadProposal,
): Promise<{ branch: string; oldOid: string }> =>
  chooseBranch(parts, pusher, {
    branch,
    isFree: async (oldOid) =>
      oldOid === zeroOid || oldOid === newOid || (await isAncestor({ ...parts, ...pusher }, oldOid, newOid)),
    help: nameAnother,
  })

async function isAncestor(
  { git, place }: Pick<PushParts, 'git'> & Pick<Push, 'place'>,
  oldOid: string,
  newOid: string,
): Promise<boolean> {
  const { code } = await git.run(['merge-base', '--is-ancestor', oldOid, newOid], {
    repository: place.folder,
    ok: [0, 1],
  })
  return code === 0
}

async function moveBranch(parts: PushParts, { place, caller }: Pusher, moved: RefCommand): Promise<void> {
  const rows: RefUpdateTable[] = []
  try {
    await moveRef({
      ...parts,
      place,
      door: 'push',
      ...moved,
      actor: caller,
      method: methodOf(caller),
      strength: caller.strength,
      onPrepare: async (tx) => void (await checkStillWrites(tx, place, caller)),
      async onDone(tx, row) {
        rows.push(row)
        await parts.onDone?.(tx, row)
      },
    })
  } catch (error) {
    if (error instanceof GitError) throw gitTrouble(error)
    throw error
  }
  await parts.afterPush?.(place, rows)
}
