import { ProblemError } from '../http/problem.ts'
import { SealError } from './format/seal-error.ts'
import { assemble } from './format/signing.ts'

/**
 * The signature that stock tools verify, of a tap that was accepted. Some password managers write what was signed in
 * another way than browsers do: good enough to sign in with, and nothing that anybody could verify later. @throws 400
 */
export function repackTap(...tap: Parameters<typeof assemble>): ReturnType<typeof assemble> {
  try {
    return assemble(...tap)
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new ProblemError(400, `tap-refused:${cause.code}`, 'Nobody could verify this tap later.', {
      help: 'Tap with a passkey that the browser or a security key holds: what made this one writes it in a way of its own.',
      cause,
    })
  }
}
