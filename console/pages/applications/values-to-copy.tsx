import { Stack } from '@mantine/core'
import type { CopiedValue } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

/** What is put into the tool, each copied by itself. */
export const ValuesToCopy = ({ values }: { values: readonly CopiedValue[] }) => (
  <Stack gap="sm">
    {values.map(({ name, label, value }) => (
      <CopyBlock key={name} label={label} lines={value.split('\n')} what={label} />
    ))}
  </Stack>
)
