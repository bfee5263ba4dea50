/** Beyond so many changed lines nobody reads them one by one, and all is shown as taken out and put in. */
const mostSteps = 500
const context = 3

interface Step {
  sign: ' ' | '-' | '+'
  line: string
}

/** Two texts as a patch of one file; null where they are the same. */
export function textPatch(before: string, after: string): string | null {
  if (before === after) return null
  const steps = compare(linesOf(before), linesOf(after))
  const near = steps.map((_, index) =>
    steps.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== ' '),
  )
  const out: string[] = []
  let [oldLine, newLine] = [1, 1]
  for (let at = 0; at < steps.length;) {
    let end = at
    while (end < steps.length && near[end] === near[at]) end++
    const part = steps.slice(at, end)
    const olds = part.filter(({ sign }) => sign !== '+').length
    const news = part.filter(({ sign }) => sign !== '-').length
    if (near[at])
      out.push(
        `@@ -${olds === 0 ? oldLine - 1 : oldLine},${olds} +${news === 0 ? newLine - 1 : newLine},${news} @@`,
        ...part.map(({ sign, line }) => `${sign}${line}`),
      )
    oldLine += olds
    newLine += news
    at = end
  }
  return out.join('\n')
}

export const countSigns = (patch: string, sign: '+' | '-'): number =>
  patch.split('\n').filter((line) => line.startsWith(sign)).length

/** A last line without an end says so, as git does. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  else lines.push(`${lines.pop() ?? ''}\n\\ No newline at end of file`)
  return lines
}

function compare(old: readonly string[], now: readonly string[]): Step[] {
  const most = Math.min(old.length, now.length)
  let same = 0
  while (same < most && old[same] === now[same]) same++
  let sameEnd = 0
  while (sameEnd < most - same && old.at(-1 - sameEnd) === now.at(-1 - sameEnd)) sameEnd++
  const keep = (line: string): Step => ({ sign: ' ', line })
  return [
    ...old.slice(0, same).map(keep),
    ...compareMiddle(old.slice(same, old.length - sameEnd), now.slice(same, now.length - sameEnd)),
    ...old.slice(old.length - sameEnd).map(keep),
  ]
}

/** Myers, “An O(ND) difference algorithm”: the furthest that each diagonal gets by so many steps, and the way back. */
function compareMiddle(old: readonly string[], now: readonly string[]): Step[] {
  const trace: Map<number, number>[] = []
  let furthest = new Map([[1, 0]])
  for (let steps = 0; steps <= Math.min(mostSteps, old.length + now.length); steps++) {
    trace.push(furthest)
    const next = new Map<number, number>()
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const isDown = goesDown(furthest, diagonal, steps)
      let x = isDown ? (furthest.get(diagonal + 1) ?? 0) : (furthest.get(diagonal - 1) ?? 0) + 1
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x++
      next.set(diagonal, x)
      if (x >= old.length && x - diagonal >= now.length) return wayBack(trace, old, now)
    }
    furthest = next
  }
  return [...old.map((line): Step => ({ sign: '-', line })), ...now.map((line): Step => ({ sign: '+', line }))]
}

const goesDown = (furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean =>
  diagonal === -steps || (diagonal !== steps && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1))

function wayBack(trace: readonly Map<number, number>[], old: readonly string[], now: readonly string[]): Step[] {
  const found: Step[] = []
  let [x, y] = [old.length, now.length]
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const furthest = trace[steps] ?? new Map<number, number>()
    const diagonal = x - y
    const isDown = goesDown(furthest, diagonal, steps)
    const from = isDown ? diagonal + 1 : diagonal - 1
    // Where the lines that are the same on both sides begin.
    const start = (furthest.get(from) ?? 0) + (isDown ? 0 : 1)
    while (x > start) {
      found.push({ sign: ' ', line: old[--x] ?? '' })
      y--
    }
    if (steps === 0) break
    if (isDown) found.push({ sign: '+', line: now[--y] ?? '' })
    else found.push({ sign: '-', line: old[--x] ?? '' })
  }
  return found.reverse()
}
