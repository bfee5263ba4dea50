import type { Id } from '../../database/id.ts'
import { ProblemError } from '../../http/problem.ts'
import type { Challenges } from '../../identity/challenges.ts'
import { WebauthnError } from '../../protocols/webauthn/webauthn-error.ts'
import type { LinkOffer, TestResult } from './shapes.ts'

/** What for somebody goes to another place, and whose answer therefore counts. */
export type Purpose =
  | { kind: 'sign-in'; returnTo: string }
  | { kind: 'link' | 'test'; userId: Id<'usr'>; sessionId: Id<'ses'> }

/** What must come back from there, and what this server alone knows of it. */
export interface Journey {
  step: 'journey'
  providerId: Id<'idp'>
  nonce: string
  codeVerifier: string
  purpose: Purpose
}

/** An account elsewhere that its person has shown, kept until they tap to join it. */
export interface Shown {
  step: 'shown'
  userId: Id<'usr'>
  offer: LinkOffer
  issuer: string
  providerId: Id<'idp'>
}

export interface Tested {
  step: 'tested'
  userId: Id<'usr'>
  result: TestResult
}

type Kept = Journey | Shown | Tested

export interface Flows {
  /** Keeps something for this browser, for five minutes. The ticket is 256 random bits and the name of what is kept. */
  keep(kept: Kept, bindingHash: string): Promise<string>
  /** Reads without using up; undefined for whatever is not this browser's, over, or another step. */
  look<Step extends Kept['step']>(
    ticket: string,
    step: Step,
    bindingHash: string,
  ): Promise<Extract<Kept, { step: Step }> | undefined>
  /** The same, once: nobody gets it a second time. */
  take<Step extends Kept['step']>(
    ticket: string,
    step: Step,
    bindingHash: string,
  ): Promise<Extract<Kept, { step: Step }> | undefined>
}

/** RFC 6749 §10.12: what comes back belongs to the browser that left, by a ticket that only it could have brought. */
export function createFlows(challenges: Challenges): Flows {
  const kind = 'upstream'
  const ofStep = <Step extends Kept['step']>(payload: unknown, step: Step) => {
    const kept = payload as Kept
    return kept.step === step ? (kept as Extract<Kept, { step: Step }>) : undefined
  }
  const orUndefined = (error: unknown): undefined => {
    if (error instanceof ProblemError || error instanceof WebauthnError) return undefined
    throw error
  }
  return {
    async keep(kept, bindingHash) {
      const { id, challenge } = await challenges.issue({ kind, bindingHash, userId: null, payload: kept })
      return `${id}.${challenge.toString('base64url')}`
    },
    look: (ticket, step, bindingHash) =>
      challenges
        .peek({ id: ticket.split('.')[0] ?? '', kind, bindingHash })
        .then((payload) => ofStep(payload, step), orUndefined),
    async take(ticket, step, bindingHash) {
      const [id = '', challenge = ''] = ticket.split('.')
      const clientDataJSON = Buffer.from(JSON.stringify({ challenge }))
      return challenges
        .consume({ id, kind, bindingHash, clientDataJSON })
        .then(({ payload }) => ofStep(payload, step), orUndefined)
    },
  }
}
