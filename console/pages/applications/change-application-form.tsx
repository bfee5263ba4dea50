import { Paper, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ApplicationChanges, ApplicationView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { type ApplicationValues, changesOf, valuesOf } from './application-form.ts'
import { applicationPath, applicationsPath } from './application-queries.ts'
import { neededSettings } from './needed-settings.ts'
import { OwnSettings } from './own-settings.tsx'
import { WhoMayFields } from './who-may-fields.tsx'

/** Changing an application: only what became different is sent, and read before the tap. */
export function ChangeApplicationForm({ application, onDone }: { application: ApplicationView; onDone: () => void }) {
  const before = valuesOf(application)
  const { form, act, onSubmit } = useActForm<ApplicationValues, ApplicationView | null>({
    initialValues: before,
    validate: {
      name: required('its name'),
      settings: neededSettings[application.kind],
      groups: (groups, { audience }) =>
        audience === 'groups' && groups.length === 0 ? 'Choose a group: without one nobody could open it' : null,
    },
    act: async (values) => {
      const changes: ApplicationChanges = changesOf(before, values)
      if (Object.keys(changes).length === 0) return null
      return api.patch<ApplicationView>(applicationPath(application.slug), changes)
    },
    onDone: async () => {
      await Promise.all([refresh(applicationsPath), refresh('/home')])
      onDone()
    },
  })
  return (
    <Paper withBorder p="md" maw={680}>
      <form onSubmit={onSubmit} noValidate aria-label={`Change ${application.name}`}>
        <Stack gap="md">
          <TextInput label="Name" maxLength={60} {...form.getInputProps('name')} />
          <TextInput label="In a few words" maxLength={160} {...form.getInputProps('description')} />
          <WhoMayFields form={form} />
          <OwnSettings kind={application.kind} form={form} isFilledIn={false} isNew={false} />
          <FormEnd act={act} onCancel={onDone}>
            Change with a tap
          </FormEnd>
        </Stack>
      </form>
    </Paper>
  )
}
