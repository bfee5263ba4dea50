import type { SignInHint } from '../../forms/sign-in.ts'

/** What each of the other ways to sign in is given. */
export interface WayProps {
  /** A prompt is open: nothing else may begin. */
  isBusy: boolean
  /** Tries again with the passkey, on the kind of device that the browser is told to look for. */
  onTry: (hint: SignInHint) => void
  /** A session has begun by another way: go where its person wanted to. */
  onSignedIn: () => void
}
