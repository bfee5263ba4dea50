import type { Visibility } from '../api/shapes.ts'

export const visibilityWords: { value: Visibility; label: string; description: string }[] = [
  {
    value: 'private',
    label: 'Private',
    description: 'Only those who are given a role. Everybody else is told that it does not exist.',
  },
  { value: 'internal', label: 'Internal', description: 'Everybody who can sign in here may read it, except guests.' },
  {
    value: 'public',
    label: 'Public',
    description: 'Everybody who can reach this server may read it, without signing in.',
  },
]
