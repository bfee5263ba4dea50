import { isAdministrator, useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { PageTabs } from '../../ui/page-tabs.tsx'

/** Who is here, what gathers them, what acts for them, who is asked in: pages of one place. */
export const PeopleTabs = ({ here }: { here: 'people' | 'groups' | 'agents' | 'invitations' | 'recoveries' }) => (
  <PageTabs
    label="People and groups"
    tabs={[
      { label: 'People', href: paths.people(), isHere: here === 'people' },
      { label: 'Groups', href: paths.groups, isHere: here === 'groups' },
      { label: 'Agents', href: paths.agents(), isHere: here === 'agents' },
      ...(isAdministrator(useMe())
        ? [
            { label: 'Invitations', href: paths.invitations(), isHere: here === 'invitations' },
            { label: 'Getting back in', href: paths.recoveries, isHere: here === 'recoveries' },
            // A place of its own, with tabs of its own; this is where somebody looks for it.
            { label: 'Directory', href: paths.directory(), isHere: false },
          ]
        : []),
    ]}
  />
)
