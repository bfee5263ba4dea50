import { Badge } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { Recipe } from '../../api/shapes.ts'
import { ranWords } from './application-words.ts'

/** How far a recipe can be relied on. */
export const RanBadge = ({ ran }: Pick<Recipe, 'ran'>) => (
  <Badge
    variant={ran === 'product' ? 'default' : 'light'}
    color="gray"
    size="sm"
    tt="none"
    title={ranWords[ran].sentence}
    leftSection={ran === 'product' && <IconCheck size={12} color="var(--mantine-color-green-text)" aria-hidden />}
  >
    {ranWords[ran].badge}
  </Badge>
)
