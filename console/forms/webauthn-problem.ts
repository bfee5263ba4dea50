import { WebAuthnError } from '@simplewebauthn/browser'
import { makeProblem, ProblemError } from '../api/problem.ts'

/** What the browser said about a prompt, in words that say what to do. Other errors pass unchanged. */
export function webauthnProblem(error: unknown, act: 'create' | 'tap'): unknown {
  const name = error instanceof Error ? error.name : ''
  const code = error instanceof WebAuthnError ? error.code : ''
  const say = (problemCode: string, title: string, help: string) =>
    new ProblemError(makeProblem(problemCode, title, help), { cause: error })

  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' || name === 'InvalidStateError') {
    return say('key-known', 'That key is already yours', 'Choose another key or device for this one.')
  }
  if (code === 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT') {
    return say(
      'key-without-pin',
      'That key has no PIN and no fingerprint',
      'Postern asks your key to check that it is you. Set a PIN on the key in your system’s or browser’s security-key settings, then try again.',
    )
  }
  if (code === 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT') {
    return say('key-too-old', 'That key cannot hold a passkey', 'Use a FIDO2 key, your phone, or this device.')
  }
  if (code === 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG') {
    return say('key-too-old', 'That key speaks no algorithm we accept', 'Use another key, your phone, or this device.')
  }
  if (code === 'ERROR_INVALID_DOMAIN' || code === 'ERROR_INVALID_RP_ID' || name === 'SecurityError') {
    return say(
      'wrong-address',
      'Passkeys do not work at this address',
      'Open Postern at the address it was set up with, over https (or http://localhost on this machine).',
    )
  }
  if (name === 'NotAllowedError' || name === 'AbortError') {
    return say(
      'prompt-ended',
      'The prompt was closed before a key answered',
      act === 'create'
        ? 'Nothing was made and nothing is used up. No key at hand? A phone or this device’s screen lock works too. A security key needs a PIN first: set one in your browser’s or system’s security-key settings.'
        : 'Nothing was changed. If your key did not react, plug it in again or choose another one, then try again.',
    )
  }
  if (name === 'NotSupportedError' || code.startsWith('ERROR_AUTHENTICATOR')) {
    return say('key-failed', 'The key could not answer', 'Take it out, put it in again and retry, or use another one.')
  }
  if (error instanceof Error && /not supported in this browser/.test(error.message)) {
    return say(
      'no-webauthn',
      'This browser cannot use passkeys here',
      'Use a current Firefox, Chrome, Edge or Safari, over https or on http://localhost.',
    )
  }
  return error
}
