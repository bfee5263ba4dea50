/** A commit as the walk meets it, with what it made of the entries against the first of its parents. */
export interface WalkedCommit {
  oid: string
  parents: readonly string[]
  /** Entries that are not as in the first parent, by number, and whether they are as at the tip. */
  changed: ReadonlyMap<number, boolean>
}

export interface EntryWalk {
  /** The next commit in whatever order; the tip is the first. */
  take(commit: WalkedCommit): void
  /** The commit of each entry that is known by now. */
  readonly found: ReadonlyMap<number, string>
  /** Nothing more can be learnt, or nothing more may be worked on. */
  readonly isOver: boolean
}

/** A merge that has an entry otherwise than its first parent: it came from one of the others, or was made there. */
interface Doubt {
  merge: string
  others: string[]
}

/**
 * Finds for each entry of a folder the commit that made it what it is: the same that `git log -1 -- <entry>` shows, that
 * the page of the file names, and that other forges show. From the tip on, each entry follows the first parent that has it
 * as it is at the tip, to the commit where no parent has. So what came in by a merge is shown with the commit in which its
 * author wrote it, and the merge itself only where it made something that neither side had; of a squash the squash, of a
 * rename and of what was deleted and added again the commit that put it there, and of a revert the revert.
 *
 * It is told what differs from the first parent alone: all that a branch missed would else be compared at each merge.
 * Whether a later parent has an entry as it is, shows at the first change of it down from there.
 */
export function createEntryWalk(entryCount: number, maxSteps = 500_000): EntryWalk {
  const found = new Map<number, string>()
  const met = new Map<string, WalkedCommit>()
  const waiting = new Map<string, Set<number>>()
  const doubts = new Map<number, Doubt>()
  const ready: string[] = []
  let open = entryCount
  let steps = 0

  function settle(entry: number, oid: string): void {
    found.set(entry, oid)
    open--
  }

  function move(entries: Set<number>, oid: string): void {
    const there = waiting.get(oid)
    const [few, many] = there === undefined || there.size > entries.size ? [entries, there] : [there, entries]
    for (const entry of many === undefined ? [] : few) many?.add(entry)
    waiting.set(oid, many ?? few)
    if (met.has(oid)) ready.push(oid)
  }

  /** It was not as at the tip where it was looked for: on to the next parent of the merge, or it was made there. */
  function lookElsewhere(entry: number): void {
    const doubt = doubts.get(entry)
    const next = doubt?.others.shift()
    if (next !== undefined) move(new Set([entry]), next)
    else if (doubt !== undefined) settle(entry, doubt.merge)
    // Cannot be in a sound repository; it is then not known.
    else open--
  }

  function advance({ oid, parents, changed }: WalkedCommit, entries: Set<number>): void {
    const touched =
      entries.size < changed.size
        ? [...entries].filter((entry) => changed.has(entry))
        : [...changed.keys()].filter((entry) => entries.has(entry))
    steps += 1 + Math.min(entries.size, changed.size)
    const [first, ...others] = parents
    for (const entry of touched) {
      entries.delete(entry)
      if (changed.get(entry) !== true) lookElsewhere(entry)
      else if (others.length === 0) settle(entry, oid)
      else {
        doubts.set(entry, { merge: oid, others: [...others] })
        lookElsewhere(entry)
      }
    }
    if (entries.size === 0) return
    if (first !== undefined) move(entries, first)
    else for (const entry of entries) lookElsewhere(entry)
  }

  return {
    take(commit) {
      if (met.size === 0) waiting.set(commit.oid, new Set(Array.from({ length: entryCount }, (_, entry) => entry)))
      met.set(commit.oid, commit)
      steps += commit.changed.size
      ready.push(commit.oid)
      for (let oid = ready.pop(); oid !== undefined && steps <= maxSteps; oid = ready.pop()) {
        const [at, entries] = [met.get(oid), waiting.get(oid)]
        if (at === undefined || entries === undefined) continue
        waiting.delete(oid)
        advance(at, entries)
      }
    },
    found,
    get isOver() {
      return open === 0 || steps > maxSteps
    },
  }
}
