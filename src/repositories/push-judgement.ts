import type { RecordedDecision } from '../audit/decision.ts'
import type { Db } from '../database/handles.ts'
import type { ProblemError } from '../http/problem.ts'
import type { RefCommand } from '../protocols/git/receive-commands.ts'
import type { TapQuestion } from '../seals/judge-tap.ts'
import type { Judgement, Told } from './judge-ref-update.ts'

/** Every table that the rules about a push are read from. */
export type PushTables = Db<'protectedBranch' | 'repository' | 'roleGrant' | 'groupMember'>

/** `decision` where it is a guardrail's. */
export type Refusal = Extract<Judgement, { outcome: 'refuse' }> & { ref: string; decision?: RecordedDecision }

/** As a terminal shows it. */
export const linesOf = ([what, next, ...more]: Told): string[] => [`${what} ${next}`, ...more]

/** A problem for a terminal; of what names a field, its sentence says what belongs there. */
export const toldOf = ({ message, details }: ProblemError): Told => [
  message,
  details.help ?? 'Put that right, and push again.',
]

/** What a push may do: nothing, with why; all of it; or all of it once its person has tapped for one branch. */
export type JudgedPush =
  | { refusal: Refusal }
  | {
      refusal?: undefined
      waits: TapAsked | undefined
      /** Its signed push was the tap that a branch asks for. */
      isTapped: boolean
    }

/** The one branch of a push for which its person is to tap. */
export interface TapAsked {
  command: RefCommand
  question: TapQuestion
  /** Who asks for it, in a sentence. */
  because: string
  /** The branch's own rule and the digest of the guardrails, as they were read: a tap is good for no others. */
  under: string
}
