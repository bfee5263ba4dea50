import { Button, Center } from '@mantine/core'

interface ShowMoreProps {
  hasMore: boolean
  isLoading: boolean
  onMore: () => void
}

/** The end of a page of a list. Takes what `useInfiniteQuery` knows. */
export const ShowMore = ({ hasMore, isLoading, onMore }: ShowMoreProps) =>
  hasMore ? (
    <Center mt="md">
      <Button variant="default" loading={isLoading} onClick={onMore}>
        Show more
      </Button>
    </Center>
  ) : null
