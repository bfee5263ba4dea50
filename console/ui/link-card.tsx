import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './link-card.module.css'
import { ToolMark } from './tool-mark.tsx'

interface LinkCardProps {
  name: string
  /** Null: there is nowhere to lead. */
  href: string | null
  /** It is nobody’s name, and has no letters to be known by. */
  hasNoMark?: boolean
  children?: ReactNode
  /** Below the words. */
  footer?: ReactNode
}

/** Something to go to, in a list of such: letters to know it by, its name, some words. Pressed anywhere. */
export const LinkCard = ({ name, href, hasNoMark = false, children, footer }: LinkCardProps) => (
  <Paper withBorder p="md" component="li" className={href === null ? undefined : classes['card']} style={noBullet}>
    <Group wrap="nowrap" align="flex-start" gap="sm" h="100%">
      {!hasNoMark && <ToolMark name={name} />}
      <Stack gap={4} flex={1} miw={0} h="100%">
        {href === null ? (
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
        ) : (
          <Anchor href={href} fw={600} className={classes['link']} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Anchor>
        )}
        <Text size="sm" c="dimmed" component="div" flex={1} style={{ overflowWrap: 'anywhere' }}>
          {children}
        </Text>
        {footer}
      </Stack>
    </Group>
  </Paper>
)

const noBullet = { listStyle: 'none' }
