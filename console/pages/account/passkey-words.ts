import type { CredentialView } from '../../api/shapes.ts'

const kinds: Record<CredentialView['category'], string> = {
  synced: 'Synced: your password manager may copy it to your other devices',
  platform: 'Key of one device',
  'hardware-key': 'Hardware key',
}

/** What a passkey is, in a line: its model, what kind of thing holds it, and how much of that is known. */
export function passkeyWords(credential: CredentialView): string {
  const { model, category, isModelVerified, strength } = credential
  const known = category === 'synced' ? '' : knowledge(isModelVerified, strength)
  return `${model === null ? '' : `${model}. `}${kinds[category]}${known}.`
}

function knowledge(isModelVerified: boolean, strength: CredentialView['strength']): string {
  if (strength === 'attested') return ', its model verified by its maker’s certificate'
  return isModelVerified
    ? ', its model verified; it says it cannot be copied'
    : '; it says it cannot be copied (not verified)'
}
