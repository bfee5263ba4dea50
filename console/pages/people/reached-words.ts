import type { GuestReview } from '../../api/shapes.ts'

const most = 4

/** "Reaches pay/api (write); opens Grafana, Wiki"; empty where it is nothing. */
export function reachedWords({ reaches, tools }: Pick<GuestReview, 'reaches' | 'tools'>): string {
  const named = tools.slice(0, most).map(({ name }) => name)
  const more = tools.length - named.length
  const opens = named.length === 0 ? '' : `opens ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const reached = reaches.length === 0 ? '' : `Reaches ${placesWords(reaches)}`
  if (opens === '') return reached
  return reached === '' ? `Reaches no repository, ${opens}` : `${reached}; ${opens}`
}

/** "pay/api (write), pay/web (read through crew) and 3 more". */
function placesWords(reaches: GuestReview['reaches']): string {
  const named = reaches
    .slice(0, most)
    .map(({ path, role, group }) => `${path} (${role}${group === null ? '' : ` through ${group}`})`)
  const more = reaches.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
