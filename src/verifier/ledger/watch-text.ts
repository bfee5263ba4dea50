import { plainLine } from '../plain-text.ts'
import { counted } from './verdict.ts'
import type { WatchVerdict } from './watch.ts'

/** What a look at a server’s ledger found, for people. */
export function renderWatch({ verdict, size, before, cosigned, problems, kept }: WatchVerdict): string {
  if (verdict === 'broken') {
    const lies =
      kept === null
        ? 'could not be kept: run this again where it can be'
        : `lies in ${plainLine(kept)}, beside what was kept before`
    return `${problems.map((problem) => `${plainLine(problem)}\n`).join('')}This is not the ledger that was promised. What it promises now ${lies}. Keep both: the
instance has to show how the one grew from the other, and cannot where its past was changed.\n`
  }
  const names = cosigned.length === 0 ? '' : `Cosigned by ${plainLine(cosigned.join(', '))}.\n`
  const found =
    before === null
      ? `${counted(size)}. From now on nothing of what stands in it can change unseen.\n`
      : before === size
        ? `${counted(size)}, the same as before.\n`
        : `${counted(size)}. The ${before.toLocaleString('en')} of before are still the first of them.\n`
  return `${found}${names}Kept in ${plainLine(kept ?? '')}.\n`
}
