import type { HeldOutcome, RefUpdateTable } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RefCommand } from '../protocols/git/receive-commands.ts'
import type { Waiting } from '../seals/waiting.ts'
import type { TerminalLine } from './held-push-lines.ts'
import type { AskedCertificate } from './commit-signatures/judge-certificate.ts'
import type { HeldPushes } from './held-pushes.ts'
import type { RepositoryPlace } from './place.ts'
import type { Refusal, TapAsked } from './push-judgement.ts'
import type { PushShape } from './push-shape.ts'
import type { RefParts } from './ref-updates.ts'

export interface HoldParts extends RefParts {
  policy: PolicyInForce
  waiting: Waiting
  heldPushes: HeldPushes
  /** This node: what it holds goes when it does. */
  nodeId: string
  /** Where people open this instance. */
  origin: string
  /** How long a push waits for its tap. */
  pushWaitSeconds: number
  log: (error: unknown, text: string) => void
}

/** A push whose objects lie in quarantine, and whoever makes it; by whatever transport. */
export interface HeldPush {
  place: RepositoryPlace
  caller: Caller
  commands: readonly RefCommand[]
  shapes: ReadonlyMap<string, PushShape>
  waits: TapAsked
  /** Of `git push --signed`, where it was not the tap that is asked for. */
  certificate: AskedCertificate | undefined
  /** Absolute. */
  quarantine: string
  /** Shows lines in the pusher's terminal. */
  say: (lines: readonly TerminalLine[]) => void
  withPicture: boolean
  /** Aborts when the pusher is gone. */
  signal: AbortSignal
  /** Resolves once the pusher has their whole answer, or is gone: a server that stops waits for it. */
  answered: Promise<void>
  /** The same caller as their credential proves them now; undefined, or thrown, where it no longer does. */
  recognise: () => Promise<Caller | undefined>
}

/** After the tap the updates are prepared: git may move the refs. Else why not, and nothing is left behind. */
export type Held = { rows: RefUpdateTable[] } | { refusal: HeldRefusal }

/** `ended` is what the wait came to. */
export type HeldRefusal = Refusal & { ended: Exclude<HeldOutcome, 'sealed'> }
