import { ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { type RefCommand, zeroOid } from '../../protocols/git/receive-commands.ts'
import type { RepositoryPlace } from '../place.ts'
import type { PushTables, Refusal } from '../push-judgement.ts'
import { judgePush } from '../push-rules.ts'
import { shortName } from '../push-taps.ts'

const proposeIt = 'Propose it on a new branch.'
const pushIt = 'Push it with git: the push waits in your terminal for your tap.'

/**
 * The whole rule about a push, of this one update. Where a push would wait for a tap, the way is a pull request: that is
 * where people tap for what they have read.
 */
export async function judgeEdit(
  parts: { db: PushTables; policy: PolicyInForce; at: number },
  { place, caller }: { place: RepositoryPlace; caller: Caller },
  command: RefCommand,
): Promise<Refusal | undefined> {
  const judged = await judgePush(parts, { place, commands: [command], caller, shapes: undefined, signed: undefined })
  const name = shortName(command.ref)
  const propose = command.oldOid === zeroOid ? pushIt : proposeIt
  if (judged.refusal !== undefined) {
    const { refusal } = judged
    if (refusal.code === 'protected-branch')
      return { ...refusal, sentences: [`${name} is protected: it changes by pull requests alone.`, propose] }
    return refusal.code === 'person-required' ? { ...refusal, sentences: [refusal.sentences[0], propose] } : refusal
  }
  if (judged.waits === undefined) return undefined
  return {
    outcome: 'refuse',
    code: 'tap-needed',
    reason: 'it takes a tap',
    sentences: [judged.waits.because, propose],
    ref: command.ref,
  }
}

/** Commands for a terminal help nobody on a page. */
const onPage: Record<string, string> = {
  'lfs-missing': 'Upload the file itself, or push it from a clone with git-lfs.',
  'name-too-long': 'Choose shorter names.',
  'file-too-large': 'Leave it out, or keep it in another place.',
}

export const editRefused = ({ code, sentences: [what, help] }: Refusal): ProblemError =>
  new ProblemError(403, code, what, { help: onPage[code] ?? help })
