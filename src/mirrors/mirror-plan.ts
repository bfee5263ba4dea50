import { zeroOid } from '../protocols/git/receive-commands.ts'

export interface PlanFacts {
  local: ReadonlyMap<string, string>
  /** What the other server has now. */
  remote: ReadonlyMap<string, string>
  /** Where this mirror left it last. */
  last: ReadonlyMap<string, string>
  wants: (ref: string) => boolean
  /** Whether what somebody pushed there directly is overwritten. */
  overwrites: boolean
  /** Whether the one commit is known here and the other contains it. */
  contains: (newOid: string, oldOid: string) => Promise<boolean>
}

/** One ref to move: `expected` is what must be there still, all zeros for nothing; `newOid` all zeros deletes. */
export interface MirrorMove {
  ref: string
  newOid: string
  expected: string
}

export interface MirrorPlan {
  moves: MirrorMove[]
  /** Already where they should be. */
  settled: { ref: string; oid: string }[]
  /** Left alone, because somebody pushed there directly. */
  strayed: string[]
  /** Gone on both sides. */
  forgotten: string[]
}

const mirrored = /^refs\/(heads|tags|postern)\//

/**
 * What a push to a mirror moves. A ref moves when it stands where it was left, or when nothing is lost by moving it;
 * otherwise somebody else moved it, and it is left alone unless the mirror is set to overwrite. What exists only there
 * and never came from here is left alone too.
 */
export async function planMirror(facts: PlanFacts): Promise<MirrorPlan> {
  const { local, remote, last, wants, overwrites } = facts
  const plan: MirrorPlan = { moves: [], settled: [], strayed: [], forgotten: [] }
  for (const [ref, newOid] of local) {
    if (!mirrored.test(ref) || !wants(ref)) continue
    const there = remote.get(ref)
    if (there === newOid) plan.settled.push({ ref, oid: newOid })
    else if (there === undefined) plan.moves.push({ ref, newOid, expected: zeroOid })
    else if (overwrites || there === last.get(ref) || (await losesNothing(facts, ref, newOid, there)))
      plan.moves.push({ ref, newOid, expected: there })
    else plan.strayed.push(ref)
  }
  for (const [ref, there] of remote) {
    if (!mirrored.test(ref) || !wants(ref) || local.has(ref)) continue
    const left = last.get(ref)
    if (overwrites || left === there) plan.moves.push({ ref, newOid: zeroOid, expected: there })
    else if (left !== undefined) plan.strayed.push(ref)
  }
  for (const ref of last.keys()) if (!local.has(ref) && !remote.has(ref)) plan.forgotten.push(ref)
  return plan
}

/** A tag means one thing for ever: it never moves forward. */
async function losesNothing({ contains }: PlanFacts, ref: string, newOid: string, there: string): Promise<boolean> {
  return !ref.startsWith('refs/tags/') && contains(newOid, there)
}
