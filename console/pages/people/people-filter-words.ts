/** The chips of the list, in their order; the value is the server's filter. */
export const peopleChips: { value: string; label: string; isQuietWhenEmpty: boolean }[] = [
  { value: 'people', label: 'Everybody here', isQuietWhenEmpty: false },
  { value: 'guests', label: 'Guests', isQuietWhenEmpty: false },
  { value: 'guests-ending', label: 'Guests ending within 30 days', isQuietWhenEmpty: true },
  { value: 'no-sponsor', label: 'Guests nobody answers for', isQuietWhenEmpty: true },
  { value: 'no-passkey', label: 'No passkey', isQuietWhenEmpty: false },
  { value: 'only-synced', label: 'Only synced', isQuietWhenEmpty: false },
  { value: 'not-vouched', label: 'Not vouched for', isQuietWhenEmpty: true },
  { value: 'password', label: 'With a password', isQuietWhenEmpty: true },
  { value: 'managed', label: 'Managed', isQuietWhenEmpty: true },
  { value: 'agents', label: 'Agents', isQuietWhenEmpty: true },
  { value: 'ended', label: 'Ended', isQuietWhenEmpty: false },
]

export const isAboutGuests = (filter: string): boolean =>
  filter === 'guests' || filter === 'guests-ending' || filter === 'no-sponsor'

/** What an empty list says, each in its own words. */
export const nobodyWords: Record<string, string> = {
  guests: 'There are no guests',
  'guests-ending': 'No guest’s access ends within 30 days',
  'no-sponsor': 'Somebody answers for every guest',
  'no-passkey': 'Everybody has a passkey',
  'only-synced': 'Nobody relies on synced passkeys alone',
  'not-vouched': 'Every passkey was vouched for',
  password: 'Nobody signs in with a password',
  managed: 'No directory or domain looks after anybody',
  agents: 'There are no agents',
  ended: 'Nobody’s access has ended',
}
