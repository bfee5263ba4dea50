import type { ReactNode } from 'react'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RepositoryFrame } from './repository-frame.tsx'
import { type Place, usePlace } from './use-place.ts'

export type SettingsTab = 'general' | 'webhooks' | 'mirrors' | 'deploy-keys' | 'pipelines'

/** The parts of a repository's settings. */
export const SettingsTabs = ({ place: { project, name }, here }: { place: Place; here: SettingsTab }) => (
  <PageTabs
    label="Settings"
    isInner
    tabs={[
      { label: 'General', href: paths.settings(project, name), isHere: here === 'general' },
      { label: 'Webhooks', href: paths.webhooks(project, name), isHere: here === 'webhooks' },
      { label: 'Mirrors', href: paths.mirrors(project, name), isHere: here === 'mirrors' },
      { label: 'Deploy keys', href: paths.deployKeys(project, name), isHere: here === 'deploy-keys' },
      { label: 'Pipelines', href: paths.pipelines(project, name), isHere: here === 'pipelines' },
    ]}
  />
)

/** Around a part of the settings that has a page of its own; who may not come in is told why. */
export function SettingsFrame(props: { here: SettingsTab; title: string; children: (place: Place) => ReactNode }) {
  const place = usePlace()
  return (
    <RepositoryFrame tab="settings" title={props.title}>
      {(repository) =>
        repository.myRole === 'admin' ? (
          <>
            <SettingsTabs place={place} here={props.here} />
            {props.children(place)}
          </>
        ) : (
          <EmptyState title="Settings are for administrators">
            Your role here is “{repository.myRole}”. Ask an administrator of {repository.path} if something should
            change.
          </EmptyState>
        )
      }
    </RepositoryFrame>
  )
}
