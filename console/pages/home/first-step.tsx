import { Button } from '@mantine/core'
import { IconBook2, IconDoor } from '@tabler/icons-react'
import { isAdministrator } from '../../api/use-me.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'

/** Home before there is anything of Git: the one next step. Whoever has tools and no need of Git is told nothing of it. */
export function FirstStep({ me, hasTools }: { me: Me; hasTools: boolean }) {
  if (isAdministrator(me)) return <FirstRepository />
  if (hasTools) return null
  return me.role === 'guest' ? <NothingYet /> : <NoAccessYet me={me} />
}

const FirstRepository = () => (
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
)

/** Git is not what a guest is asked in for, as a rule. */
const NothingYet = () => (
  <EmptyState icon={<IconDoor size={32} />} title="Nothing has been opened to you yet">
    Whoever invited you can say which tools and projects are yours. What they open to you appears here.
  </EmptyState>
)

const NoAccessYet = ({ me }: { me: Me }) => (
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
