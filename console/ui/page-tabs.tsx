import { Group, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './page-tabs.module.css'

interface PageTabsProps {
  /** What these are parts of, for a screen reader. */
  label: string
  tabs: { label: ReactNode; href: string; isHere: boolean }[]
}

/** Parts of one place, each with its own URL: links that look like tabs. */
export const PageTabs = ({ label, tabs }: PageTabsProps) => (
  <Group component="nav" aria-label={label} gap={4} mb="lg" className={classes['tabs'] ?? ''}>
    {tabs.map((tab) => (
      <UnstyledButton
        key={tab.href}
        component="a"
        href={tab.href}
        className={classes['tab'] ?? ''}
        {...(tab.isHere ? { 'aria-current': 'page' as const } : {})}
      >
        {tab.label}
      </UnstyledButton>
    ))}
  </Group>
)
