import type { ReactNode } from 'react'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'

export type DirectoryTab = 'connections' | 'domains' | 'sign-in'

const tabs: { name: DirectoryTab; label: string; href: string }[] = [
  { name: 'connections', label: 'Connections', href: paths.directory() },
  { name: 'domains', label: 'Domains', href: paths.domains },
  { name: 'sign-in', label: 'Sign-in with others', href: paths.upstream },
]

/** Around each page about what the organisation says of its people elsewhere; who may not come in is told why. */
export function DirectoryFrame(props: {
  here: DirectoryTab
  /** The page's one next step. */
  action?: ReactNode
  children: ReactNode
}) {
  const isAdmin = isAdministrator(useMe())
  const { label } = tabs.find(({ name }) => name === props.here) ?? { label: '' }
  return (
    <>
      <PageHeader
        title="Directory"
        tabTitle={`${label} · Directory`}
        crumbs={[{ label: 'People', href: paths.people() }]}
        action={isAdmin && props.action}
      />
      {isAdmin ? (
        <>
          <PageTabs
            label="Directory"
            tabs={tabs.map(({ name, ...tab }) => ({ ...tab, isHere: name === props.here }))}
          />
          {props.children}
        </>
      ) : (
        <EmptyState title="The directory is for administrators">
          Ask an administrator of the organisation if something should change.
        </EmptyState>
      )}
    </>
  )
}
