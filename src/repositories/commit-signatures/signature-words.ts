import type { JudgedSignature } from './judge-signatures.ts'

interface Held {
  owner: { displayName: string }
  keyName: string
  /** Null for a key that lies in a file. */
  touch: { userPresence: boolean; userVerification: boolean } | null
}

/** Who signed, and with what, as a badge says it; undefined where there is nothing to say. */
export function signatureLabel(signature: JudgedSignature): string | undefined {
  switch (signature.state) {
    case 'none':
      return undefined
    case 'tapped':
    case 'lost':
      return (
        signature.wrote?.by &&
        `Signed with ${signature.wrote.by.displayName}’s passkey “${signature.wrote.keyName}”, by a tap here`
      )
    case 'unregistered':
      return 'Signed, by a key nobody registered here'
    case 'unjudged':
      return `${signature.kind} signature, not judged here`
    case 'broken':
      return signature.isMismatch ? 'Signature does not match' : 'Signature that cannot be read'
    default:
      return `Signed with ${keyWords(signature)}`
  }
}

/** “Ana’s security key “blue”, touched, with PIN”. */
export function keyWords({ owner, keyName, touch }: Held): string {
  if (touch === null) return `${owner.displayName}’s SSH key “${keyName}” (a file)`
  const pin = touch.userVerification ? ', with PIN' : ''
  return `${owner.displayName}’s security key “${keyName}”, ${touch.userPresence ? `touched${pin}` : 'not touched'}`
}

/** Why it does not count where only signed commits are taken, in a clause; undefined where it does. */
export function whyNotSigned(signature: JudgedSignature): string | undefined {
  switch (signature.state) {
    case 'registered':
    case 'tapped':
      return undefined
    case 'lost':
      return 'sealed with a passkey that was ended since, as it may be in wrong hands'
    case 'none':
      return 'not signed'
    case 'ended':
      return `signed with a key of ${signature.owner.displayName} that had ended`
    case 'login-only':
      return `signed with a key of ${signature.owner.displayName} that is not registered for signing`
    case 'untouched':
      return 'signed by a security key that nobody touched'
    case 'unregistered':
      return 'signed by a key nobody registered here'
    case 'unjudged':
      return `signed with ${signature.kind}, which is not judged here`
    case 'broken':
      return signature.isMismatch ? 'its signature does not match' : `its signature cannot be read: ${signature.why}`
  }
}

/** What somebody who looks closer should know. */
export function signatureRemarks(signature: JudgedSignature, isOwnAddress: boolean): string[] {
  const remarks: string[] = []
  switch (signature.state) {
    case 'tapped':
    case 'lost':
      remarks.push('The tap signed this very commit. It says who made it, and not that anybody agreed to it.')
      if (signature.wrote?.stockVerifiable === false)
        remarks.push('Stock git cannot check this: the key makes no signature that it knows.')
      if (signature.state === 'lost') remarks.push('That passkey was ended since, as it may be in wrong hands.')
      break
    case 'registered':
      if (signature.endedSince)
        remarks.push('The key has ended since. This commit came here before that, by the record of pushes.')
      break
    case 'ended':
      remarks.push(
        'The key had ended before this came here. The dates in a commit say nothing about when it was made: anybody can write them.',
      )
      break
    case 'login-only':
      remarks.push('The key is registered for coming in over SSH, not for signing.')
      break
    case 'untouched':
      remarks.push('The key itself says that nobody touched it, so this counts for nothing.')
      break
    case 'unregistered':
      remarks.push(
        `Whoever has the key ${signature.fingerprint} signed this, and nobody has registered it for signing.`,
      )
      break
    case 'unjudged':
      remarks.push('Only SSH keys are judged here: whose key that is, your own tools can tell.')
      break
    case 'broken':
      remarks.push(`What was found: ${signature.why}.`)
      break
    default:
  }
  if ('owner' in signature && !isOwnAddress)
    remarks.push(
      `It names ${signature.by || 'no address'} as its committer, which is not an address of ${signature.owner.displayName}.`,
    )
  return remarks
}
