import type { SignInRow } from '../../api/shapes.ts'

/** What kind of thing holds a key. */
const kinds: Record<NonNullable<SignInRow['category']>, string> = {
  'hardware-key': 'a hardware key',
  platform: 'the key of one device',
  synced: 'a synced passkey',
}

export const categoryWords = (category: SignInRow['category']): string =>
  category === null ? 'not recorded' : kinds[category]
