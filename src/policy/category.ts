export const categories = ['hardware-key', 'platform', 'synced'] as const
/** What kind of thing holds a passkey: one that travels between devices, the device itself, or a key of its own. */
export type Category = (typeof categories)[number]

/** From what the credential itself says. A copyable key is *synced* wherever it lies. */
export function categoryOf(credential: { backupEligible: 0 | 1; transports: readonly string[] }): Category {
  if (credential.backupEligible === 1) return 'synced'
  const { transports } = credential
  const isRoaming = ['usb', 'nfc', 'ble', 'smart-card'].some((transport) => transports.includes(transport))
  return transports.includes('internal') && !isRoaming ? 'platform' : 'hardware-key'
}
