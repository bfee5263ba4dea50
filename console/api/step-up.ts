/**
 * Where a request that needs a tap, a fresh sign-in or a stronger key waits for the person. The client asks; the one host component
 * (`forms/step-up-host.tsx`) answers. Requests that come together wait for the same sign-in.
 */
export interface StepUpHost {
  /** Resolves with the seal's id; rejects when the person turns away. */
  tap(sealRequestId: string): Promise<string>
  signIn(): Promise<void>
  strongerKey(): Promise<void>
}

let host: StepUpHost | null = null
let signingIn: Promise<void> | null = null
let gettingKey: Promise<void> | null = null

/** Called by the host when it appears; returns the function that takes it away. */
export function provideStepUp(next: StepUpHost): () => void {
  host = next
  return () => {
    if (host === next) host = null
  }
}

export const canStepUp = () => host !== null

export function askForTap(sealRequestId: string): Promise<string> {
  if (!host) throw new Error('no step-up host is mounted')
  return host.tap(sealRequestId)
}

export function askForSignIn(): Promise<void> {
  if (!host) throw new Error('no step-up host is mounted')
  signingIn ??= host.signIn().finally(() => {
    signingIn = null
  })
  return signingIn
}

export function askForStrongerKey(): Promise<void> {
  if (!host) throw new Error('no step-up host is mounted')
  gettingKey ??= host.strongerKey().finally(() => {
    gettingKey = null
  })
  return gettingKey
}
