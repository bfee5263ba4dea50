import { Progress } from '@mantine/core'

// Told apart by how light they are, in both schemes.
const colors = ['var(--mantine-primary-color-filled)', 'var(--mantine-color-postern-3)']

/** Lengths in per cent of the whole line, end to end. The numbers stand beside it, so a screen reader skips it. */
export const Bar = ({ lengths }: { lengths: readonly number[] }) => (
  <Progress.Root size={8} aria-hidden>
    {lengths.map((length, index) => (
      <Progress.Section key={index} value={length} color={colors[index] ?? ''} withAria={false} />
    ))}
  </Progress.Root>
)
