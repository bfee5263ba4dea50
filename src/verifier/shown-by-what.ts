import type { Judged, ProvenChange } from './report.ts'
import { wrap } from './text-layout.ts'

const SHOWN = 'Stock git shows   '
const ONLY = 'Only this shows   '
const MORE = ' '.repeat(ONLY.length)

/** What stock git shows of these changes, and what it does not; empty where nothing is proven. */
export function shownByWhat({ changes }: Judged): string[] {
  const proven = changes.filter((change) => change.state === 'proven')
  if (proven.length === 0) return []
  const signed = proven.filter(({ key }) => key.stockVerifiable).length
  const origins = unique(
    proven.flatMap((change) => [change, ...change.people, ...change.confirmedBy]),
    'origin',
  )
  const policies = unique(proven, 'policyDigest')
  const pushes = proven.filter((change) => change.proof === 'signed-push').map(({ update }) => update.tip)
  const byKey = new Set(pushes).size
  const byTwo = proven.filter(({ level }) => level === 4).length
  const [policy = ''] = policies
  return [
    ...wrap(`the signature of ${signed} of ${changes.length} changes, and whose key made it`, SHOWN, MORE),
    ...wrap('that each person was present, and verified by their key', ONLY, MORE),
    ...(origins.length === 0 ? [] : wrap(`that they tapped on ${origins.join(', ')}`, MORE, MORE)),
    ...(byKey === 0 ? [] : wrap(`${pushesOf(byKey)} by a security key over SSH, touched, with PIN`, MORE, MORE)),
    ...(policies.length === 0
      ? []
      : wrap(`the rules: ${policies.length === 1 ? policy : `${policies.length} versions, in --json`}`, MORE, MORE)),
    ...wrap(`who else agreed: ${byTwo} of ${changes.length} changes have two people`, MORE, MORE),
  ]
}

const pushesOf = (count: number): string =>
  count === 1 ? 'that 1 push was signed' : `that ${count} pushes were signed`

function unique<Name extends 'origin' | 'policyDigest'>(of: readonly Pick<ProvenChange, Name>[], name: Name): string[] {
  return [...new Set(of.map((one) => one[name]).filter((one) => one !== null))]
}
