import { Badge } from '@mantine/core'

/** Marks what came with the demo organisation and leaves with it. */
export const DemoBadge = ({ isDemo }: { isDemo: boolean }) =>
  isDemo ? (
    <Badge variant="default" size="sm" tt="none" fw={500}>
      Demo
    </Badge>
  ) : null
