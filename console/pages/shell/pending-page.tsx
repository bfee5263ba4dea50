import { PageSkeleton } from '../../ui/skeletons.tsx'

export const PendingPage = () => <PageSkeleton />
