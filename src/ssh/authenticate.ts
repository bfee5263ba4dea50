import type { PublicKeyAuthContext } from 'ssh2'
import type { ProvenSshKey, SshLogin, SshSource } from '../access-keys/ssh-credential.ts'
import { inOneLine, ProblemError } from '../http/problem.ts'
import { SshError } from '../protocols/ssh/ssh-error.ts'
import { readLoginKey, UntouchedKeyError, verifySshLogin } from '../protocols/ssh/verify-login.ts'
import type { Login } from './login.ts'
import type { LoginRecord } from './record-login.ts'

export interface AuthenticateParts {
  sources: readonly SshSource[]
  /** Where a passkey may sign a login. */
  origin: string
  record: LoginRecord
  now: () => number
}

/** What becomes of one request; `sentence` is for the person who came. */
export type Verdict = { kind: 'sign' } | { kind: 'in'; login: Login } | { kind: 'refused'; sentence?: string }

const refused: Verdict = { kind: 'refused' }

/**
 * RFC 4252 §7: first whether it is worth signing with this key, then the signature. Nobody is asked who they are before
 * the signature is good. Sources are asked in order; the first that knows the key decides.
 */
export async function judgeKey(parts: AuthenticateParts, shown: ShownKey, from: SshLogin): Promise<Verdict> {
  const { sources } = parts
  try {
    const { algorithm, keyBlob, signature, signedBytes } = shown
    if (signature === undefined || signedBytes === undefined) {
      const key = readLoginKey(algorithm, keyBlob)
      for (const source of sources) if (await source.isKnown(key)) return { kind: 'sign' }
      return refused
    }
    const key = verifySshLogin({ algorithm, keyBlob, signature, signedBytes, origins: [parts.origin] })
    return await findOrRefuse(parts, key, from)
  } catch (error) {
    if (!(error instanceof SshError)) throw error
    // For the record alone: whose it is, each source refuses it too.
    if (error instanceof UntouchedKeyError) await findOrRefuse(parts, error.login, from)
    return { kind: 'refused', sentence: `This key does not let you in: ${error.message}. Use another one.` }
  }
}

async function findOrRefuse(
  { sources, record, now }: AuthenticateParts,
  key: ProvenSshKey,
  from: SshLogin,
): Promise<Verdict> {
  return findLogin(sources, key, from, now()).catch(async (error: unknown) => {
    if (!(error instanceof ProblemError)) throw error
    await record.refused(key, from, error)
    return { kind: 'refused', sentence: inOneLine(error) }
  })
}

async function findLogin(
  sources: readonly SshSource[],
  key: ProvenSshKey,
  from: SshLogin,
  now: number,
): Promise<Verdict> {
  for (const source of sources) {
    const caller = await source.find(key, from, now)
    if (caller !== undefined) return { kind: 'in', login: { caller, key, source } }
  }
  return refused
}

/** A key as a request shows it; without signature it only asks whether it is worth one. */
interface ShownKey {
  algorithm: string
  keyBlob: Buffer
  signature: Buffer | undefined
  signedBytes: Buffer | undefined
}

/** Copied, because the packet's memory is used again. */
export const readShownKey = ({ key, hashAlgo, signature, blob }: PublicKeyAuthContext): ShownKey => ({
  // ssh2 tells RSA's algorithms apart by the hash alone.
  algorithm: key.algo === 'ssh-rsa' && hashAlgo !== undefined ? `rsa-sha2-${hashAlgo.slice(3)}` : key.algo,
  keyBlob: Buffer.from(key.data),
  signature: signature && Buffer.from(signature),
  signedBytes: blob && Buffer.from(blob),
})
