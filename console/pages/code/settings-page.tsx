import { Divider, Stack } from '@mantine/core'
import type { RepositoryView } from '../../api/shapes.ts'
import { MembersEditor } from '../../forms/members-editor.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RepositoryFrame, SectionTitle } from './repository-frame.tsx'
import { SettingsDelete } from './settings-delete.tsx'
import { SettingsGeneral } from './settings-general.tsx'
import { SettingsProtection } from './settings-protection.tsx'
import { SettingsSection } from './settings-section.tsx'
import { SettingsTabs } from './settings-tabs.tsx'
import { usePlace } from './use-place.ts'

export const SettingsPage = () => (
  <RepositoryFrame tab="settings" title="Settings">
    {(repository) =>
      repository.myRole === 'admin' ? (
        <Settings repository={repository} />
      ) : (
        <EmptyState title="Settings are for administrators">
          Your role here is “{repository.myRole}”. Ask an administrator of {repository.path} if something should change.
        </EmptyState>
      )
    }
  </RepositoryFrame>
)

function Settings({ repository }: { repository: RepositoryView }) {
  const place = usePlace()
  return (
    <>
      <SettingsTabs place={place} here="general" />
      <SectionTitle>Settings</SectionTitle>
      <Stack gap="xl" maw={820}>
        <SettingsGeneral key={repository.path} place={place} repository={repository} />
        <Divider />
        <SettingsSection
          title="People"
          description="Who may read, write or administer. Roles given in the project hold here too."
        >
          <MembersEditor api={`${place.api}/members`} scope="repository" />
        </SettingsSection>
        <Divider />
        <SettingsProtection place={place} repository={repository} />
        <Divider />
        <SettingsDelete place={place} repository={repository} />
      </Stack>
    </>
  )
}
