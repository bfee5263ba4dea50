import { TextInput } from '@mantine/core'
import type { Recipe } from '../../api/shapes.ts'
import type { ApplicationForm } from './application-form.ts'

interface AsksFieldsProps {
  recipe: Recipe
  form: ApplicationForm
  onChange: (name: string, value: string) => void
}

/** What only the administrator knows; the rest of the form is filled from it. */
export const AsksFields = ({ recipe, form, onChange }: AsksFieldsProps) =>
  recipe.asks.map(({ name, label, example, hint }) => (
    <TextInput
      key={name}
      label={label}
      description={hint}
      placeholder={example}
      autoComplete="off"
      spellCheck={false}
      {...form.getInputProps(`asked.${name}`)}
      onChange={(event) => onChange(name, event.currentTarget.value)}
    />
  ))
