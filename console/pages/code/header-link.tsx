import { Button } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'

/** One of the ways on from a file, in its header. */
export const HeaderLink = ({ href, icon: Icon, label }: { href: string; icon: Icon; label: string }) => (
  <Button component="a" size="xs" variant="default" href={href} leftSection={<Icon size={14} aria-hidden />}>
    {label}
  </Button>
)
