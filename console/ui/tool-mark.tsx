import { Avatar } from '@mantine/core'
import { initials } from './initials.ts'

/** The letters that a tool is known by at a glance; decoration beside its name, so silent for a screen reader. */
export const ToolMark = ({ name, size = 36 }: { name: string; size?: number }) => (
  <Avatar size={size} radius="sm" color="gray" variant="default" aria-hidden>
    {initials(name)}
  </Avatar>
)
