import { Container } from '@mantine/core'
import { PageSkeleton } from '../../ui/skeletons.tsx'

export const PendingPage = () => <PageSkeleton />

/** Before it is known who is here: nothing stands around the page yet. */
export const RootPendingPage = () => (
  <Container size={1240} px="md" py="xl">
    <PageSkeleton />
  </Container>
)
