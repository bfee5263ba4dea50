import { useQuery } from '@tanstack/react-query'
import { useLive } from '../../api/live.ts'
import { hasCode } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import type { SealRequest } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { usePathPart } from '../../url-state.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { NotForYou } from './not-for-you.tsx'
import { OpenRequest } from './open-request.tsx'
import { OverRequest } from './over-request.tsx'

/** Behind a link or a QR code: one thing that waits for this person's tap. */
export function SealRequestPage() {
  const me = useMe()
  const path = `/seal-links/${encodeURIComponent(usePathPart('code'))}`
  // What the page says stays until the person acts, or it is over: a push gone, refused on another device.
  const request = useQuery({ ...getQuery<SealRequest>(path), staleTime: Infinity })
  useLive(request.data ? [request.data.id] : [], () => void request.refetch())

  if (hasCode(request.error, 'not-found')) return <NotForYou me={me} />
  if (request.error) {
    return (
      <EntryLayout title="This could not be shown">
        <ProblemAlert error={request.error} />
      </EntryLayout>
    )
  }
  if (!request.data) {
    return (
      <EntryLayout title="A tap is asked for">
        <RowSkeletons rows={4} height={24} />
      </EntryLayout>
    )
  }
  const { state } = request.data
  const again = () => void request.refetch()
  if (state !== 'open') return <OverRequest request={request.data} state={state} />
  return <OpenRequest request={request.data} isMine={request.data.requestedBy.id === me.id} onOver={again} />
}
