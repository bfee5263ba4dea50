import type { InvitationTable } from '../../database/schema.ts'

const roleWords: Record<InvitationTable['role'], string> = {
  owner: 'as an owner',
  admin: 'as an administrator',
  member: 'as a member',
  guest: 'as a guest',
}

/** As what somebody is invited, to end a sentence: "as a guest, to payments/api". */
export function whatWords({ role }: Pick<InvitationTable, 'role'>, places: readonly { path: string }[]): string {
  const named = places.slice(0, 3).map(({ path }) => path)
  const more = places.length - named.length
  const to = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(' and ')
  return to === '' ? roleWords[role] : `${roleWords[role]}, to ${to}`
}
