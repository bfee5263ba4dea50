import { useQuery } from '@tanstack/react-query'
import { ownRequirementsQuery } from '../../api/policy.ts'
import { useMe } from '../../api/use-me.ts'
import { hasNoPasskey } from '../../forms/make-passkey.tsx'
import { paths } from '../../paths.ts'
import { DeadlineAlert } from '../../ui/deadline-alert.tsx'

/** What will be asked of me from a date on, and I have not got yet. */
export function Deadlines() {
  const { data } = useQuery(ownRequirementsQuery)
  const href = hasNoPasskey(useMe()) ? paths.makePasskey() : paths.addPasskey
  return data?.upcoming.map(({ rule, sentence, enforceFrom }) => (
    <DeadlineAlert key={rule.id} at={enforceFrom} sentence={sentence} href={href} />
  ))
}
