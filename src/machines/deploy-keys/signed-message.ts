import { ProblemError } from '../../http/problem.ts'
import { verifySshsig } from '../../protocols/sshsig/verify-sshsig.ts'
import { SshsigError } from '../../protocols/sshsig/sshsig.ts'

const begin = Buffer.from('-----BEGIN SSH SIGNATURE-----\n')

export interface SignedMessage {
  /** Exactly the bytes that were signed. */
  message: Buffer
  /** `SHA256:…` of the key that signed them. */
  fingerprint: string
}

/**
 * What `ssh-keygen -Y sign -n <namespace> -f key file` signed: the file and after it its `.sig`, as `cat file file.sig`
 * writes them. @throws 401 where the signature does not hold, 422 where there is none
 */
export function openSigned(body: Buffer, namespace: string): SignedMessage {
  const at = body.indexOf(begin)
  if (at <= 0)
    throw new ProblemError(422, 'invalid-input', 'There is no signature behind the text.', {
      help: `Sign the file with ssh-keygen -Y sign -n ${namespace}, and send it with its .sig after it.`,
    })
  const message = body.subarray(0, at)
  try {
    const { fingerprint } = verifySshsig(body.toString('latin1', at), namespace, message)
    return { message, fingerprint }
  } catch (cause) {
    if (!(cause instanceof SshsigError)) throw cause
    throw new ProblemError(401, 'signature-refused', `The signature does not hold: ${cause.message}.`, {
      help: `Sign the file anew with ssh-keygen -Y sign -n ${namespace}, and send both as they are.`,
      cause,
    })
  }
}
