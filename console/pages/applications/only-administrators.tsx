import { Button } from '@mantine/core'
import { IconApps } from '@tabler/icons-react'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'

export const OnlyAdministrators = () => (
  <>
    <PageHeader title="Applications" />
    <EmptyState
      icon={<IconApps size={32} />}
      title="Administrators set applications up"
      action={
        <Button component="a" href={paths.home} variant="default">
          Go to Home
        </Button>
      }
    >
      What you may open stands on your Home. Ask an administrator where something is missing there.
    </EmptyState>
  </>
)
