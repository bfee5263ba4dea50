import { Button } from '@mantine/core'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from './use-place.ts'

/** A path or ref that is not there, told inside the repository it was looked for in. */
export const PathProblem = ({ place, error }: { place: Place; error: unknown }) => (
  <ProblemAlert
    error={error}
    action={
      <Button component="a" variant="default" size="xs" href={paths.repository(place.project, place.name)}>
        Go to the start of {place.name}
      </Button>
    }
  />
)
