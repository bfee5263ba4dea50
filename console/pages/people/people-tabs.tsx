import { paths } from '../../paths.ts'
import { PageTabs } from '../../ui/page-tabs.tsx'

/** People and groups are two pages of one place. */
export const PeopleTabs = ({ here }: { here: 'people' | 'groups' }) => (
  <PageTabs
    label="People and groups"
    tabs={[
      { label: 'People', href: paths.people(), isHere: here === 'people' },
      { label: 'Groups', href: paths.groups, isHere: here === 'groups' },
    ]}
  />
)
