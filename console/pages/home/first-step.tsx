import { Button } from '@mantine/core'
import { IconBook2 } from '@tabler/icons-react'
import { isAdministrator } from '../../api/use-me.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

/** Home before there is anything: the one next step. */
export const FirstStep = ({ me }: { me: Me }) =>
  isAdministrator(me) ? (
    <EmptyState
      icon={<IconBook2 size={32} />}
      title="No repositories yet"
      action={
        <Button component="a" href={paths.newRepository()}>
          Create a repository
        </Button>
      }
    >
      Create one and push to it. Its first push becomes the recorded start; from there, every change of main is merged
      with a tap.
    </EmptyState>
  ) : (
    <EmptyState
      icon={<IconBook2 size={32} />}
      title="You have not been given a repository yet"
      action={
        <Button component="a" href={paths.projects} variant="default">
          Look at the projects
        </Button>
      }
    >
      An administrator of a project can give you access. Your username is {me.username}.
    </EmptyState>
  )
