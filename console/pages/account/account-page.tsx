import { Suspense } from 'react'
import { ownRequirementsQuery } from '../../api/policy.ts'
import { queryClient } from '../../api/queries.ts'
import { useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { usePathPart } from '../../url-state.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { ownRecoveryQuery } from '../recovery/recovery-queries.ts'
import { RecoveryTab } from '../recovery/recovery-tab.tsx'
import { ElsewhereTab } from '../upstream/elsewhere-tab.tsx'
import { linksQuery } from '../upstream/upstream-queries.ts'
import { AllowedTab } from './allowed-tab.tsx'
import {
  certificatesQuery,
  credentialsQuery,
  notificationsQuery,
  profileQuery,
  programsQuery,
  sessionsQuery,
  sshKeysQuery,
  tokensQuery,
} from './account-queries.ts'
import { NotificationsTab } from './notifications-tab.tsx'
import { PasskeysTab } from './passkeys-tab.tsx'
import { ProfileTab } from './profile-tab.tsx'
import { ProgramsTab } from './programs-tab.tsx'
import { SessionsTab } from './sessions-tab.tsx'
import { SshKeysTab } from './ssh-keys-tab.tsx'
import { TokensTab } from './tokens-tab.tsx'

const tabs = {
  passkeys: { label: 'Passkeys', Tab: PasskeysTab },
  allowed: { label: 'What my keys allow', Tab: AllowedTab },
  sessions: { label: 'Sessions', Tab: SessionsTab },
  tokens: { label: 'Tokens', Tab: TokensTab },
  programs: { label: 'Programs', Tab: ProgramsTab },
  'ssh-keys': { label: 'SSH keys', Tab: SshKeysTab },
  recovery: { label: 'Getting back in', Tab: RecoveryTab },
  elsewhere: { label: 'Sign-in elsewhere', Tab: ElsewhereTab },
  profile: { label: 'Profile', Tab: ProfileTab },
  notifications: { label: 'Notifications', Tab: NotificationsTab },
}
type TabName = keyof typeof tabs

export const fetchAhead: FetchAhead = ({ params: { tab = 'passkeys' } }) => {
  if (tab === 'allowed') return [queryClient.ensureQueryData(ownRequirementsQuery)]
  if (tab === 'sessions') return [queryClient.ensureQueryData(sessionsQuery)]
  if (tab === 'ssh-keys')
    return [queryClient.ensureQueryData(sshKeysQuery), queryClient.ensureQueryData(certificatesQuery)]
  if (tab === 'programs') return [queryClient.ensureQueryData(programsQuery)]
  if (tab === 'recovery') return [queryClient.ensureQueryData(ownRecoveryQuery)]
  if (tab === 'elsewhere') return [queryClient.ensureQueryData(linksQuery)]
  if (tab === 'profile') return [queryClient.ensureQueryData(profileQuery)]
  if (tab === 'notifications') return [queryClient.ensureQueryData(notificationsQuery)]
  return [tab === 'tokens' ? queryClient.ensureQueryData(tokensQuery) : queryClient.ensureQueryData(credentialsQuery)]
}

/** What is mine: how I come in, where I am in, and what acts in my name. */
export function AccountPage() {
  const me = useMe()
  const here = usePathPart('tab') || 'passkeys'
  if (!Object.hasOwn(tabs, here)) return <NotFoundPage />
  const { label, Tab } = tabs[here as TabName]
  return (
    <>
      <PageHeader title="Account" tabTitle={label} description={`${me.displayName} · ${me.username} · ${me.email}`} />
      <PageTabs
        label="Account"
        tabs={(Object.keys(tabs) as TabName[]).map((name) => ({
          label: tabs[name].label,
          href: paths.account(name),
          isHere: name === here,
        }))}
      />
      <Suspense fallback={<RowSkeletons />}>
        <Tab />
      </Suspense>
    </>
  )
}
