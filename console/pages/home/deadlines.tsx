import { useQuery } from '@tanstack/react-query'
import { ownRequirementsQuery } from '../../api/policy.ts'
import { paths } from '../../paths.ts'
import { DeadlineAlert } from '../../ui/deadline-alert.tsx'

/** What will be asked of me from a date on, and I have not got yet. */
export function Deadlines() {
  const { data } = useQuery(ownRequirementsQuery)
  return data?.upcoming.map(({ rule, sentence, enforceFrom }) => (
    <DeadlineAlert key={rule.id} at={enforceFrom} sentence={sentence} href={paths.addPasskey} />
  ))
}
