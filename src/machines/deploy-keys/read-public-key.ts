import { parseSshPublicKey, type SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { SshError } from '../../protocols/ssh/ssh-error.ts'
import { invalid } from '../../http/problem.ts'

/** A key for a machine: one that lies in a file, since nobody is there to touch another. @throws 422 about `publicKey` */
export function readPublicKey(line: string): SshPublicKey {
  const key = parsed(line)
  if (key.application !== null)
    throw invalid('publicKey', 'This key must be touched each time, and a machine cannot. Make one without “-sk”.')
  return key
}

function parsed(line: string): SshPublicKey {
  try {
    return parseSshPublicKey(line)
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    throw invalid('publicKey', `This key is not taken: ${error.message}.`)
  }
}
