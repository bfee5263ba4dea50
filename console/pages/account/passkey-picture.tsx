import { IconCloud, IconDeviceLaptop, IconKey } from '@tabler/icons-react'
import type { CredentialView } from '../../api/shapes.ts'

const icons = { synced: IconCloud, platform: IconDeviceLaptop, 'hardware-key': IconKey }
const place = { flexShrink: 0, marginTop: 2 }

/** The picture of a verified model, else of the kind of thing that holds the passkey. Says nothing that no word says. */
export function PasskeyPicture({ credential }: { credential: CredentialView }) {
  const Icon = icons[credential.category]
  if (!credential.hasIcon || credential.aaguid === null) return <Icon size={22} aria-hidden style={place} />
  const source = `/api/v1/authenticator-models/${encodeURIComponent(credential.aaguid)}/icon`
  return <img src={source} alt="" width={22} height={22} style={{ ...place, objectFit: 'contain' }} />
}
