/** As they are kept: columns and settings by their names. */
type Kept = Readonly<Record<string, unknown>>

const mostLetters = 300
const ownWords: Readonly<Record<string, string>> = { launchUrl: 'where Home leads', audience: 'open to' }

/**
 * What became different, former → new, for the ledger. Of what is no plain value, or a long one, only that it changed:
 * headers hold secrets, and certificates nothing to read. `nothing` where all is as it was.
 * @param words how people call a setting; else its name is split into words
 */
export function describeChanges(before: Kept, after: Kept, words: Readonly<Record<string, string>> = {}): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changes = names.flatMap((name) => {
    const [was, is] = [before[name], after[name]]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const label = words[name] ?? ownWords[name] ?? splitWords(name)
    const [former, next] = [inWords(was), inWords(is)]
    const isPlain = former !== undefined && next !== undefined && former.length + next.length <= mostLetters
    return [isPlain ? `${label}: ${former} → ${next}` : label]
  })
  return changes.length === 0 ? 'nothing' : changes.join('; ')
}

function inWords(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return undefined
  return value.length === 0 ? 'none' : value.join(', ')
}

const splitWords = (name: string): string =>
  name.replaceAll(/([A-Z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`)
