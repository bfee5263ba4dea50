import { Checkbox, Select, Stack } from '@mantine/core'
import { type ApplicationForm, settingError } from './application-form.ts'
import { LinesField } from './lines-field.tsx'
import { OpenidMore } from './openid-more.tsx'

/** What is said of a tool that asks by OpenID Connect. */
export function OpenidFields({ form, isNew }: { form: ApplicationForm; isNew: boolean }) {
  const { settings } = form.values
  const set = (name: string, value: unknown) => form.setFieldValue(`settings.${name}`, value)
  return (
    <Stack gap="md">
      <LinesField
        label="Redirect URIs"
        description="Where it is told who came. One a line, compared letter by letter."
        placeholder="https://wiki.example.com/callback"
        value={(settings['redirectUris'] as string[] | undefined) ?? []}
        onChange={(value) => set('redirectUris', value)}
        error={settingError(form, 'redirectUris')}
      />
      <Select
        label="Groups it is told of"
        data={[
          { value: 'none', label: 'None' },
          { value: 'audience', label: 'Those that it is open to' },
          { value: 'all', label: 'All that somebody is in' },
        ]}
        allowDeselect={false}
        value={(settings['groups'] as string | undefined) ?? 'none'}
        onChange={(value) => set('groups', value)}
        error={settingError(form, 'groups')}
      />
      {isNew && (
        <Checkbox
          label="It runs in browsers or on people’s own machines"
          description="It gets no secret then: nothing there could keep one."
          checked={settings['keepsSecret'] === false}
          onChange={(event) => {
            set('keepsSecret', !event.currentTarget.checked)
            if (event.currentTarget.checked) set('pkce', 'required')
          }}
        />
      )}
      <OpenidMore form={form} />
    </Stack>
  )
}
