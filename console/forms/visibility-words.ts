import type { Visibility } from '../api/shapes.ts'

export const visibilityWords: { value: Visibility; label: string; description: string }[] = [
  { value: 'private', label: 'Private', description: 'Only those who are given a role' },
  { value: 'internal', label: 'Internal', description: 'Everybody here but guests may read' },
  { value: 'public', label: 'Public', description: 'Everybody who can reach this server may read' },
]
