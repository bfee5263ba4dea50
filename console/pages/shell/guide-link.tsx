import { ActionIcon } from '@mantine/core'
import { IconHelp } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { guideFor } from './guide-for.ts'

/** From any page to what is written about it. */
export function GuideLink() {
  const here = useLocation({ select: ({ pathname }) => pathname })
  return (
    <ActionIcon
      component="a"
      href={guideFor(here)}
      variant="default"
      size={34}
      radius="xl"
      aria-label="Guide to this page"
      title="Guide to this page"
    >
      <IconHelp size={18} />
    </ActionIcon>
  )
}
