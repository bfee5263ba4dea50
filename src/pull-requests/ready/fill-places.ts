/** A group of which so many different people are asked. */
export interface Places {
  groupId: string
  count: number
}

/**
 * How many places of each group are filled where every person fills one place at most: as many as can be, whoever is in
 * several groups going where they are needed. Maximum bipartite matching by augmenting paths; a few dozen on each side.
 */
export function fillPlaces(
  wanted: readonly Places[],
  people: readonly { id: string; groups: readonly string[] }[],
): number[] {
  const places = wanted.flatMap(({ groupId, count }, group) =>
    Array.from({ length: count }, () => ({ groupId, group })),
  )
  const holder = new Map<number, number>()

  const seat = (person: number, tried: Set<number>): boolean => {
    for (const [place, { groupId }] of places.entries()) {
      if (tried.has(place) || people[person]?.groups.includes(groupId) !== true) continue
      tried.add(place)
      const other = holder.get(place)
      if (other !== undefined && !seat(other, tried)) continue
      holder.set(place, person)
      return true
    }
    return false
  }
  for (const person of people.keys()) seat(person, new Set())
  return wanted.map((_, group) => [...holder.keys()].filter((place) => places[place]?.group === group).length)
}
