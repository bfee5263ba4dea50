import { Button } from '@mantine/core'
import { IconDoorOff } from '@tabler/icons-react'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'

/** The same for what is not there and for what one may not see. */
export const NotFoundPage = () => (
  <>
    <PageHeader title="Not found" />
    <EmptyState
      icon={<IconDoorOff size={32} />}
      title="There is nothing here, or nothing that you may see"
      action={
        <Button component="a" href={paths.home}>
          Go to Home
        </Button>
      }
    >
      It may have been renamed or removed. If somebody sent you this link, ask them whether you have been given access.
    </EmptyState>
  </>
)
