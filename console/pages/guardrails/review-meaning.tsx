import { useQuery } from '@tanstack/react-query'
import { explainQuery } from '../../api/policy.ts'
import type { Policy } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReviewPeople } from './review-people.tsx'
import { ReviewProgress } from './review-progress.tsx'
import { ReviewReplay } from './review-replay.tsx'

/** Whom a policy would concern, and what it would have made of the last 30 days: for whoever is about to tap for it. */
export function ReviewMeaning({ policy }: { policy: Policy }) {
  const { data, isPending, error } = useQuery(explainQuery(policy))
  return (
    <>
      {isPending && <ReviewProgress />}
      <ProblemAlert error={error} />
      {data && (
        <>
          <ReviewPeople people={data.people} />
          <ReviewReplay replay={data.replay} />
        </>
      )}
    </>
  )
}
