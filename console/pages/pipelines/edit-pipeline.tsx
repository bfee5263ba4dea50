import { Box, Stack, Text } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { PipelineView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { ConditionRows } from './condition-rows.tsx'
import { termsOf, type TermValues } from './presets.ts'
import { AccessChoice, MoreTerms, termChecks } from './terms-fields.tsx'

/** Other terms; what came in by the former ones ends. */
export function EditPipeline({
  path,
  pipeline,
  onClose,
}: {
  path: string
  pipeline: PipelineView
  onClose: () => void
}) {
  const { conditions, access, audience, lifetimeMinutes, runHours, keys } = pipeline
  const { form, act, onSubmit } = useActForm<TermValues & Record<string, unknown>, PipelineView>({
    initialValues: { conditions, access, audience, lifetimeMinutes, runHours, keys: keys ?? '' },
    validate: termChecks,
    act: (values) => api.patch<PipelineView>(`${path}/${pipeline.id}`, termsOf(values)),
    onDone: async () => {
      await refresh(path)
      onClose()
    },
  })
  return (
    <Box component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <Text fw={600}>{pipeline.name}</Text>
        <ConditionRows
          value={form.values.conditions}
          onChange={(rows) => form.setFieldValue('conditions', rows)}
          error={form.errors['conditions']}
          label="What its tokens must say"
          description="Claims, and what each must say; * stands for any characters but / and :"
        />
        <AccessChoice inputOf={form.getInputProps} />
        <MoreTerms inputOf={form.getInputProps} />
        <Text size="sm" c="dimmed">
          Jobs that are in by the former terms are put out at once; the next come in by these.
        </Text>
        <FormEnd act={act} onCancel={onClose}>
          Save with a tap
        </FormEnd>
      </Stack>
    </Box>
  )
}
