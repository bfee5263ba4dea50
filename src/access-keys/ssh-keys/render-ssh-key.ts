import type { SshKeyTable } from '../../database/schema.ts'
import { sshPublicKeyLine } from '../../protocols/ssh/public-key.ts'
import { sshKeyKind, sshKeyStrength } from './ssh-key-strength.ts'
import type { SshKeyView } from './shapes.ts'

/** What a key over SSH is worth at best: touched, and with its PIN, where it is a security key. */
export const bestOf = (
  row: Pick<SshKeyTable, 'application' | 'attestationOutcome' | 'aaguid' | 'strengthCap'>,
): Pick<SshKeyView, 'strength'> & { key: ReturnType<typeof sshKeyKind> } => ({
  strength: sshKeyStrength(row.application === null ? null : { userVerification: true }, row),
  key: sshKeyKind(row),
})

export const renderSshKey = (row: SshKeyTable, refused: string | null): SshKeyView => ({
  id: row.id,
  name: row.name,
  type: row.keyType,
  fingerprint: row.fingerprint,
  line: sshPublicKeyLine({ type: row.keyType, blob: Buffer.from(row.publicKey, 'base64') }),
  forLogin: row.forLogin === 1,
  forSigning: row.forSigning === 1,
  isSecurityKey: row.application !== null,
  strength: bestOf(row).strength,
  model: row.attestationOutcome === 'verified' ? row.modelName : null,
  refused,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  lastUsedAt: row.lastUsedAt,
  lastUsedFrom: row.lastUsedFrom,
})
