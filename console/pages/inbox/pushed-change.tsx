import { Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { RowSkeletons } from '../../ui/skeletons.tsx'

const Changes = lazy(async () => ({ default: (await import('../code/changes.tsx')).Changes }))

/** What a push that waits would change on its branch, read from where it waits. */
export const PushedChange = ({ requestId }: { requestId: string }) => (
  <section id="change" aria-label="What this push changes" style={{ scrollMarginTop: 12 }}>
    <Title order={2} fz="lg" mb="sm">
      What this push changes
    </Title>
    <Suspense fallback={<RowSkeletons rows={4} />}>
      <Changes
        source={{ api: `/seal-requests/${encodeURIComponent(requestId)}/change/files`, version: requestId }}
        viewedSubject={null}
      />
    </Suspense>
  </section>
)
