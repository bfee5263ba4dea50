import { Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { MirrorView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { asSent, mirrorChecks, MirrorFields, type MirrorValues, mirrorValues } from './mirror-fields.tsx'

/** A new mirror, perhaps at an address that is known already, or a change of one. `path`: of all mirrors. */
export function MirrorForm(props: {
  path: string
  mirror?: MirrorView
  url?: string | undefined
  onClose: () => void
}) {
  const { path, mirror, url, onClose } = props
  const { form, act, onSubmit } = useActForm<MirrorValues, MirrorView>({
    initialValues: { ...mirrorValues(mirror), ...(url === undefined ? {} : { url }) },
    validate: mirrorChecks,
    act: (values) =>
      mirror === undefined
        ? api.post<MirrorView>(path, asSent(values))
        : api.patch<MirrorView>(`${path}/${mirror.id}`, asSent(values, mirror)),
    onDone: async () => {
      await refresh(path)
      onClose()
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <MirrorFields form={form} {...(mirror === undefined ? {} : { mirror })} />
        <FormEnd act={act} onCancel={onClose}>
          {mirror === undefined ? 'Set it up with a tap' : 'Save with a tap'}
        </FormEnd>
      </Stack>
    </Paper>
  )
}
