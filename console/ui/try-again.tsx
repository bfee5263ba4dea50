import { Button } from '@mantine/core'

interface TryAgainProps<Wanted> {
  /** A change that was refused, or turned away from; it remembers what was wanted. */
  act: { variables: Wanted | undefined; mutate: (wanted: Wanted) => void }
}

/** Asks for the same change once more, so that nobody has to find and choose it again. */
export const TryAgain = <Wanted,>({ act: { variables, mutate } }: TryAgainProps<Wanted>) =>
  variables !== undefined && (
    <Button size="xs" variant="default" onClick={() => mutate(variables)}>
      Try again
    </Button>
  )
