import { Accordion, Checkbox, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type ApplicationForm, settingError } from './application-form.ts'
import { LinesField } from './lines-field.tsx'

/** What most tools never need: folded away, unless something of it is used or was refused. */
export function OpenidMore({ form }: { form: ApplicationForm }) {
  const { settings } = form.values
  const [opened, setOpened] = useState<string | null>(isUsed(settings) ? 'more' : null)
  const set = (name: string, value: unknown) => form.setFieldValue(`settings.${name}`, value)
  const isOn = (name: string) => settings[name] === true
  const isRefused = ['backchannelLogoutUri', 'postLogoutRedirectUris', 'idTokenAlgorithm'].some((name) =>
    settingError(form, name),
  )
  return (
    <Accordion variant="separated" chevronPosition="left" value={isRefused ? 'more' : opened} onChange={setOpened}>
      <Accordion.Item value="more">
        <Accordion.Control>More: signing out, signatures, devices</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
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
              value={(settings['postLogoutRedirectUris'] as string[] | undefined) ?? []}
              onChange={(value) => set('postLogoutRedirectUris', value)}
              error={settingError(form, 'postLogoutRedirectUris')}
            />
            <Checkbox
              label="It may leave out PKCE"
              description="Only for products that do not know it."
              checked={settings['pkce'] === 'optional'}
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
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}

const isUsed = (settings: Record<string, unknown>): boolean =>
  ['refreshTokens', 'deviceFlow', 'isThirdParty'].some((name) => settings[name] === true) ||
  settings['pkce'] === 'optional' ||
  settings['idTokenAlgorithm'] === 'RS256' ||
  Boolean(settings['backchannelLogoutUri']) ||
  ((settings['postLogoutRedirectUris'] as string[] | undefined) ?? []).length > 0
