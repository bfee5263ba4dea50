import { Button } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { paths } from '../../paths.ts'
import type { Place } from './use-place.ts'

/** To where files and lines are looked for, at the branch that is shown. */
export const FindButton = ({ place, refName }: { place: Place; refName: string | undefined }) => (
  <Button
    component="a"
    variant="default"
    href={paths.find(place.project, place.name, { ref: refName })}
    leftSection={<IconSearch size={16} aria-hidden />}
  >
    Find
  </Button>
)
