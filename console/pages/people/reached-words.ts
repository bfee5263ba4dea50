import type { GuestReview } from '../../api/shapes.ts'

const most = 4

/** "pay/api (write), pay/web (read through crew) and 3 more". */
export function placesWords(reaches: GuestReview['reaches']): string {
  const named = reaches
    .slice(0, most)
    .map(({ path, role, group }) => `${path} (${role}${group === null ? '' : ` through ${group}`})`)
  const more = reaches.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
