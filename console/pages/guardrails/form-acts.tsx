import { MultiSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { actOptions } from './act-words.ts'

interface FormActsProps {
  value: string[]
  onChange: (value: string[]) => void
  error?: ReactNode
}

/** What the rule is about, in words and in groups. */
export const FormActs = ({ value, onChange, error }: FormActsProps) => (
  <MultiSelect
    label="Doing what"
    placeholder={value.length ? '' : 'Sign in, merge, everything, …'}
    data={actOptions(value)}
    value={value}
    onChange={(next) => onChange(next.at(-1) === '*' ? ['*'] : next.filter((one) => one !== '*' || next.length === 1))}
    searchable
    nothingFoundMessage="No act by that name"
    error={error}
  />
)
