import { Stack } from '@mantine/core'
import type { RuleRequirement } from '../../api/shapes.ts'
import { ModelPicker } from '../../forms/model-picker.tsx'

type Models = NonNullable<RuleRequirement['models']>

/** Kinds of keys first, models second. Both lists may be empty: then any key will do. */
export const FormKeys = ({ models, onChange }: { models: Models; onChange: (models: Models) => void }) => (
  <Stack gap="sm">
    <ModelPicker
      label="Only these keys"
      placeholder="Any kind or model"
      value={models.allow ?? []}
      onChange={(allow) => onChange({ ...models, allow })}
    />
    <ModelPicker
      label="None of these keys"
      placeholder="None is excluded"
      value={models.deny ?? []}
      onChange={(deny) => onChange({ ...models, deny })}
    />
  </Stack>
)
