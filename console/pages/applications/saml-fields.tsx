import { Checkbox, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { type ApplicationForm, settingError } from './application-form.ts'
import { AttributesField, type AttributeRow } from './attributes-field.tsx'
import { LinesField } from './lines-field.tsx'
import { ReadMetadata } from './read-metadata.tsx'

/** What is said of a tool that asks by SAML. */
export function SamlFields({ form }: { form: ApplicationForm }) {
  const { settings } = form.values
  const set = (name: string, value: unknown) => form.setFieldValue(`settings.${name}`, value)
  const text = (name: string) => ({
    value: (settings[name] as string | null | undefined) ?? '',
    error: settingError(form, name),
  })
  const check = (name: string) => ({
    checked: settings[name] === true,
    onChange: (event: { currentTarget: HTMLInputElement }) => set(name, event.currentTarget.checked),
  })
  return (
    <Stack gap="md">
      <ReadMetadata onRead={(read) => form.setFieldValue('settings', { ...settings, ...read })} />
      <TextInput
        label="Entity ID"
        description="What the tool calls itself."
        placeholder="https://wiki.example.com/saml/metadata"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => set('entityId', event.currentTarget.value)}
        {...text('entityId')}
      />
      <LinesField
        label="Assertion consumer service URLs"
        description="Where answers are sent. One a line, the first is the usual one."
        placeholder="https://wiki.example.com/saml/acs"
        value={(settings['acsUrls'] as string[] | undefined) ?? []}
        onChange={(lines) => set('acsUrls', lines)}
        error={settingError(form, 'acsUrls')}
      />
      <Select
        label="It knows people by"
        data={[
          { value: 'username', label: 'Their user name' },
          { value: 'email', label: 'Their e-mail address, once they have confirmed it' },
          { value: 'persistent', label: 'A pseudonym that no other tool is told' },
          { value: 'transient', label: 'Another pseudonym each time' },
        ]}
        allowDeselect={false}
        value={(settings['nameId'] as string | undefined) ?? 'username'}
        onChange={(value) => set('nameId', value)}
        error={settingError(form, 'nameId')}
      />
      <AttributesField
        rows={(settings['attributes'] as AttributeRow[] | undefined) ?? []}
        onChange={(rows) => set('attributes', rows)}
        error={settingError(form, 'attributes')}
      />
      <Checkbox
        label="It can be opened from here, without having asked"
        description="Home then leads straight into it."
        {...check('allowIdpInitiated')}
      />
      {settings['allowIdpInitiated'] === true && (
        <TextInput
          label="Relay state sent along"
          description="Which of its pages to show; most tools need none."
          onChange={(event) => set('defaultRelayState', event.currentTarget.value)}
          {...text('defaultRelayState')}
        />
      )}
      <Checkbox label="Sign the whole answer as well" {...check('signResponse')} />
      <Checkbox label="It signs what it asks" {...check('requireSignedRequests')} />
      {settings['requireSignedRequests'] === true && (
        <Textarea
          label="Certificate that it signs by"
          placeholder="-----BEGIN CERTIFICATE-----"
          autosize
          minRows={3}
          maxRows={8}
          spellCheck={false}
          onChange={(event) => set('certificate', event.currentTarget.value || null)}
          {...text('certificate')}
        />
      )}
    </Stack>
  )
}
