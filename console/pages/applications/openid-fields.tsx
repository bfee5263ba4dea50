import { Checkbox, Select, Stack, TextInput } from '@mantine/core'
import { type ApplicationForm, settingError } from './application-form.ts'
import { LinesField } from './lines-field.tsx'

/** What is said of a tool that asks by OpenID Connect. */
export function OpenidFields({ form, isNew }: { form: ApplicationForm; isNew: boolean }) {
  const { settings } = form.values
  const set = (name: string, value: unknown) => form.setFieldValue(`settings.${name}`, value)
  const lines = (name: string) => ({
    value: (settings[name] as string[] | undefined) ?? [],
    onChange: (value: string[]) => set(name, value),
    error: settingError(form, name),
  })
  const isOn = (name: string, value: unknown = true) => (settings[name] ?? false) === value
  return (
    <Stack gap="md">
      <LinesField
        label="Redirect URIs"
        description="Where it is told who came. One a line, compared letter by letter."
        placeholder="https://wiki.example.com/callback"
        {...lines('redirectUris')}
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
      <TextInput
        label="Back-channel logout URI"
        description="Told at once when somebody’s access ends. Leave it empty where the tool has none."
        placeholder="https://wiki.example.com/logout"
        value={(settings['backchannelLogoutUri'] as string | null | undefined) ?? ''}
        onChange={(event) => set('backchannelLogoutUri', event.currentTarget.value || null)}
        error={settingError(form, 'backchannelLogoutUri')}
      />
      <LinesField
        label="Where it may send people after it signed them out"
        placeholder="https://wiki.example.com/"
        {...lines('postLogoutRedirectUris')}
      />
      {isNew && (
        <Checkbox
          label="It runs in browsers or on people’s own machines"
          description="It gets no secret then: nothing there could keep one."
          checked={isOn('keepsSecret', false) && settings['keepsSecret'] === false}
          onChange={(event) => {
            set('keepsSecret', !event.currentTarget.checked)
            if (event.currentTarget.checked) set('pkce', 'required')
          }}
        />
      )}
      <Checkbox
        label="It may leave out PKCE"
        description="Only for products that do not know it."
        checked={isOn('pkce', 'optional')}
        disabled={settings['keepsSecret'] === false}
        onChange={(event) => set('pkce', event.currentTarget.checked ? 'optional' : 'required')}
      />
      <Select
        label="Identity tokens are signed with"
        description="RS256 for products that take nothing else."
        data={['ES256', 'RS256']}
        allowDeselect={false}
        value={(settings['idTokenAlgorithm'] as string | undefined) ?? 'ES256'}
        onChange={(value) => set('idTokenAlgorithm', value)}
        error={settingError(form, 'idTokenAlgorithm')}
      />
      <Checkbox
        label="It may renew its sign-in without the browser"
        description="For as long as the person stays signed in here."
        checked={isOn('refreshTokens')}
        onChange={(event) => set('refreshTokens', event.currentTarget.checked)}
      />
      <Checkbox
        label="Devices without a browser sign in to it"
        description="By a code that the device shows and its person types here, with a tap."
        checked={isOn('deviceFlow')}
        onChange={(event) => set('deviceFlow', event.currentTarget.checked)}
      />
      <Checkbox
        label="It belongs to somebody else"
        description="People are asked before it learns who they are."
        checked={isOn('isThirdParty')}
        onChange={(event) => set('isThirdParty', event.currentTarget.checked)}
      />
    </Stack>
  )
}
