import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'

/** Rows that stand for a list on its way. They show after 400 ms, so that a quick answer does not flicker. */
export const RowSkeletons = ({ rows = 5, height = 48 }: { rows?: number; height?: number }) => (
  <Stack gap="sm" className="postern-late" aria-busy>
    <VisuallyHidden role="status">Loading</VisuallyHidden>
    {Array.from({ length: rows }, (_, row) => (
      <Skeleton key={row} height={height} />
    ))}
  </Stack>
)

export const PageSkeleton = () => (
  <Stack gap="lg" className="postern-late" aria-busy>
    <VisuallyHidden role="status">Loading</VisuallyHidden>
    <Skeleton height={32} width="40%" />
    <Skeleton height={20} width="65%" />
    <RowSkeletons />
  </Stack>
)
