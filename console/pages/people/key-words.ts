import type { CredentialView } from '../../api/shapes.ts'
import { strengthWords } from '../../ui/strength-words.ts'

const kindWords: Record<CredentialView['category'], string> = {
  'hardware-key': 'A security key',
  platform: 'Bound to one device',
  synced: 'Synced between devices',
}

/** Somebody else's passkey: what holds it, and what it counts as. */
export function keyWords({ category, model, isModelVerified, strength }: CredentialView): string {
  const made = model === null ? '' : isModelVerified ? `, ${model}` : `, says it is ${model}`
  return `${kindWords[category]}${made}. Counts as ${strengthWords[strength]}.`
}
