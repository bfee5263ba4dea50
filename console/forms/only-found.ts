import type { OptionsFilter } from '@mantine/core'

/** Offers what the server found, and nothing else: what was chosen before is known to the field, but is no answer. */
export const onlyFound =
  (found: readonly string[]): OptionsFilter =>
  ({ options }) =>
    options.filter((option) => 'value' in option && found.includes(option.value))
