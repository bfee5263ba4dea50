import type { RecordedDecision } from '../audit/decision.ts'
import type { ByProgram, Caller, SshTouch } from '../identity/caller.ts'

/** A key that somebody has just proven over SSH to hold, before anybody asked whose it is. */
export interface ProvenSshKey {
  /** In wire form, RFC 4253 §6.6; of a certificate, the key it is about. */
  publicKey: Buffer
  /** `SHA256:…` of `publicKey`, as `ssh-keygen -l` prints it. */
  fingerprint: string
  /** Of `publicKey`: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com` and so on. */
  type: string
  /** Null for a key that lies in a file: nobody touched anything. */
  touch: SshTouch | null
  /** The whole certificate as it was shown; null for a plain key. Its own signature was not checked. */
  certificate: Buffer | null
}

/** One key or certificate alone, by its id: what it has open is cut. */
export const KEY_ENDED = 'key-ended'

/** Where from, and under which name: `git` says nothing of who it is. */
export interface SshLogin {
  user: string
  address: string
}

/** One kind of credential that a key over SSH may be: somebody's own key, a certificate, a deploy key. */
export interface SshSource {
  /** Whether it is worth asking for a signature. The answer is no secret, and no promise. */
  isKnown(key: Pick<ProvenSshKey, 'publicKey' | 'fingerprint' | 'certificate'>): Promise<boolean>
  /** Undefined where it is not one of these. @throws ProblemError where it is, and may not come in; its sentence is shown */
  find(key: ProvenSshKey, login: SshLogin, now: number): Promise<SshCaller | undefined>
  /**
   * The same caller as this credential proves them now; undefined, or thrown, where it no longer does. `isUnderWay`: what
   * has begun is not stopped by time that ran out since, but by an end.
   */
  again(caller: SshCaller, now: number, isUnderWay?: boolean): Promise<SshCaller | undefined>
}

export type SshCaller = Caller & {
  by: Extract<ByProgram, { kind: 'ssh-key' | 'ssh-certificate' | 'deploy-key' }>
  /** As the rules let them in. */
  judged: RecordedDecision
}
