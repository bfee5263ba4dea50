import { Button, Group, Menu, UnstyledButton } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './page-tabs.module.css'

interface PageTab {
  label: ReactNode
  href: string
  isHere: boolean
}

interface PageTabsProps {
  /** What these are parts of, for a screen reader. */
  label: string
  tabs: PageTab[]
  /** Below other tabs: quieter than those. */
  isInner?: boolean
}

/** More than these take three lines or more of a phone. */
const mostOnPhone = 5

/** Parts of one place, each with its own URL: links that look like tabs; many of them are a menu on a phone. */
export const PageTabs = ({ label, tabs, isInner = false }: PageTabsProps) => {
  const isLong = tabs.length > mostOnPhone
  return (
    <>
      <Group
        component="nav"
        aria-label={label}
        gap={4}
        mb="lg"
        className={classes['tabs'] ?? ''}
        {...(isInner ? { 'data-inner': true } : {})}
        {...(isLong ? { visibleFrom: 'sm' } : {})}
      >
        {tabs.map((tab) => (
          <UnstyledButton key={tab.href} component="a" className={classes['tab'] ?? ''} {...linkTo(tab)}>
            {tab.label}
          </UnstyledButton>
        ))}
      </Group>
      {isLong && <TabMenu label={label} tabs={tabs} />}
    </>
  )
}

/** On a phone: the part that is open, and behind it the others. */
const TabMenu = ({ label, tabs }: PageTabsProps) => (
  <Group component="nav" aria-label={label} mb="lg" hiddenFrom="sm">
    <Menu width="target" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button fullWidth variant="default" justify="space-between" rightSection={<IconChevronDown size={16} />}>
          {tabs.find(({ isHere }) => isHere)?.label ?? label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {tabs.map((tab) => (
          <Menu.Item key={tab.href} component="a" fw={tab.isHere ? 600 : undefined} {...linkTo(tab)}>
            {tab.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  </Group>
)

const linkTo = ({ href, isHere }: PageTab) => ({ href, ...(isHere ? { 'aria-current': 'page' as const } : {}) })
