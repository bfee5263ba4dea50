import { Progress } from '@mantine/core'

/** A thin line on top while the next page is on its way for more than 400 ms. */
export const ProgressLine = ({ isActive }: { isActive: boolean }) =>
  isActive ? (
    <Progress
      className="postern-late"
      value={100}
      animated
      size={3}
      radius={0}
      pos="fixed"
      top={0}
      left={0}
      right={0}
      style={{ zIndex: 300 }}
      aria-label="Loading the page"
    />
  ) : null
