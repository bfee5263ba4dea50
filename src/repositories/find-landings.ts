import { eachPart, readStream } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { StreamHolder } from './stream-shares.ts'
import { defaultWalkLimits, type WalkLimits } from './walk-directory.ts'

export interface Landings {
  /** The first parents of a tip, itself first, as far as they were walked. */
  line: readonly string[]
  /** For each commit that was asked for and found: where on that line it came in. */
  places: ReadonlyMap<string, number>
}

/** How far beyond the last place the line is walked, so that a push of many commits is known by where it began. */
export const mostBeyond = 200

/**
 * Which commit of the first-parent line brought in each of these commits: the oldest one that reaches it. Children come
 * before their parents, so each commit has heard from all of them when its turn comes.
 */
export async function findLandings(
  source: Source,
  { tip, wanted }: { tip: string; wanted: ReadonlySet<string> },
  { holder, limits = defaultWalkLimits }: { holder: StreamHolder; limits?: WalkLimits },
): Promise<Landings> {
  const line: string[] = []
  const places = new Map<string, number>()
  const heard = new Map<string, number>()
  let next: string | undefined = tip
  let last = 0
  const take = eachPart('\n', (text) => {
    const [oid = '', firstParent, ...others] = text.split(' ')
    let place = heard.get(oid) ?? 0
    heard.delete(oid)
    if (oid === next) {
      place = line.push(oid) - 1
      next = firstParent
    } else if (firstParent !== undefined) others.push(firstParent)
    for (const parent of others) heard.set(parent, Math.max(place, heard.get(parent) ?? 0))
    if (wanted.has(oid)) {
      places.set(oid, place)
      last = Math.max(last, place)
    }
    return places.size === wanted.size && line.length > last + mostBeyond ? 'enough' : 'more'
  })
  const args = ['rev-list', '--topo-order', '--parents', `--max-count=${limits.commits}`, '--end-of-options', tip, '--']
  if (wanted.size > 0) await readStream(source, args, { holder, limits }, take)
  return { line, places }
}
