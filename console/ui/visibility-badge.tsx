import { Badge } from '@mantine/core'
import { IconLock, IconUsers, IconWorld } from '@tabler/icons-react'
import type { Visibility } from '../api/shapes.ts'

const visibilities: Record<Visibility, { label: string; sentence: string; icon: typeof IconLock }> = {
  private: { label: 'Private', sentence: 'Only those who are given a role see it', icon: IconLock },
  internal: { label: 'Internal', sentence: 'Everybody who can sign in here sees it, except guests', icon: IconUsers },
  public: { label: 'Public', sentence: 'Anybody sees it, without signing in', icon: IconWorld },
}

export function VisibilityBadge({ visibility }: { visibility: Visibility }) {
  const { label, sentence, icon: Icon } = visibilities[visibility]
  return (
    <Badge variant="default" size="sm" tt="none" fw={500} title={sentence} leftSection={<Icon size={12} aria-hidden />}>
      {label}
    </Badge>
  )
}
