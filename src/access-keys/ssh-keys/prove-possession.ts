import type { Attestation } from '../../attestation/attestation.ts'
import type { AttestationOutcome } from '../../database/schema.ts'
import { invalid, ProblemError } from '../../http/problem.ts'
import type { SshPublicKey } from '../../protocols/ssh/public-key.ts'
import { verifySkAttestation } from '../../protocols/ssh/sk-attestation.ts'
import { SshError } from '../../protocols/ssh/ssh-error.ts'
import { SshsigError } from '../../protocols/sshsig/sshsig.ts'
import { WebauthnError } from '../../protocols/webauthn/webauthn-error.ts'
import { verifySshsig } from '../../protocols/sshsig/verify-sshsig.ts'

/** Of its own: what is signed to add a key is nothing else anywhere. */
export const enrolNamespace = 'enroll@postern'

/**
 * What a key signs before it is added. It names person and instance, so nobody can add the key of somebody else, neither
 * to come in as them nor to have their commits; and it needs no nonce, because what it says does not get old.
 */
export const enrolStatement = ({ username, origin }: { username: string; origin: string }): string =>
  `this SSH key belongs to ${username} at ${origin}`

export interface ProvenModel {
  outcome: AttestationOutcome
  /** In the form of WebAuthn, base64url. */
  attestationObject: string
  aaguid: string | null
  modelName: string | null
}

/**
 * That whoever adds a key has it: it signed the statement, or a known maker says that it was made for it, and of which
 * model it is. @throws 422
 */
export async function provePossession(
  attestation: Pick<Attestation, 'judge'>,
  {
    key,
    statement,
    shown,
    at,
  }: {
    key: SshPublicKey
    statement: string
    shown: { signature?: string; attestation?: string }
    at: number
  },
): Promise<ProvenModel | null> {
  const model =
    shown.attestation === undefined
      ? null
      : await judgeModel(attestation, { key, statement, blob: Buffer.from(shown.attestation, 'base64'), at })
  // Only a known maker's word is about a key that was really made: anybody can sign an attestation of somebody else's.
  if (shown.signature === undefined && model?.outcome === 'verified') return model
  if (shown.signature === undefined)
    throw model === null
      ? invalid('signature', 'Sign the statement with this key, so that it is certain whose it is.')
      : invalid('attestation', 'The maker of this security key is not known here. Sign the statement with it instead.')
  checkSignature(key, statement, `${shown.signature.trim().replaceAll('\r\n', '\n')}\n`)
  return model
}

/** Shells end the line that they hand over as they like. */
const spellings = (statement: string): Buffer[] => ['\n', '\r\n', ''].map((end) => Buffer.from(`${statement}${end}`))

function checkSignature(key: SshPublicKey, statement: string, signature: string): void {
  const attempts = spellings(statement).map((message) =>
    attempt(() => verifySshsig(signature, enrolNamespace, message)),
  )
  const signed = attempts.find((one) => !(one instanceof Error))
  if (signed instanceof Error || signed === undefined) throw badSignature(attempts[0] as Error)
  if (!signed.publicKey.equals(key.blob))
    throw invalid('signature', 'Another key than this one has signed. Sign with this one.')
  if (signed.touch !== null && !signed.touch.userPresence)
    throw invalid('signature', 'This security key signed without being touched. Make one that asks for a touch.')
}

function badSignature(error: Error): ProblemError {
  if (!(error instanceof SshsigError)) throw error
  const sentence =
    error.code === 'signature-invalid'
      ? 'This is not a signature of the statement: copy the command again, and run it as it stands.'
      : `This is not what the command prints: ${error.message}.`
  return invalid('signature', sentence)
}

async function judgeModel(
  attestation: Pick<Attestation, 'judge'>,
  { key, statement, blob, at }: { key: SshPublicKey; statement: string; blob: Buffer; at: number },
): Promise<ProvenModel> {
  const attempts = spellings(statement).map((challenge) => attempt(() => verifySkAttestation(blob, { key, challenge })))
  const made = attempts.find((one) => !(one instanceof Error))
  if (made instanceof Error || made === undefined) {
    const [error] = attempts
    if (!(error instanceof SshError)) throw error
    throw invalid(
      'attestation',
      `This file does not prove where the key was made: ${error.message}. Sign the statement instead.`,
    )
  }
  const judgement = await attestation
    .judge({ attestationObject: made.attestationObject, registeredAt: at })
    .catch((error: unknown) => {
      if (!(error instanceof WebauthnError)) throw error
      throw invalid(
        'attestation',
        'This file does not prove where the key was made: its certificate cannot be read. Sign the statement instead.',
      )
    })
  if (judgement.outcome === 'bad-status')
    throw invalid('attestation', 'This model is reported as broken, and is not taken here. Use a key of another model.')
  return {
    outcome: judgement.outcome,
    attestationObject: made.attestationObject.toString('base64url'),
    aaguid: made.aaguid ?? null,
    modelName: judgement.model?.name ?? null,
  }
}

/** What came of it, also where that is a refusal. */
function attempt<T>(act: () => T): T | Error {
  try {
    return act()
  } catch (error) {
    if (error instanceof SshsigError || error instanceof SshError) return error
    throw error
  }
}
