import type { PipelineView } from '../../api/shapes.ts'

export const accessChoices: { value: PipelineView['access']; label: string }[] = [
  { value: 'read', label: 'Clone and fetch' },
  { value: 'status', label: 'Clone and fetch, and report what its checks found' },
  { value: 'write', label: 'Clone and push, and report what its checks found' },
]

export const accessWords = (access: PipelineView['access']): string =>
  accessChoices.find(({ value }) => value === access)?.label ?? access
