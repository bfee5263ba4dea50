/** The kinds of keys that a rule may name, in the order they are offered. */
export const keyKindWords: Record<string, string> = {
  'hardware-key': 'hardware keys',
  platform: 'keys of one device',
  synced: 'synced passkeys',
}
