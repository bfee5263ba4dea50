import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageHeaderProps {
  title: ReactNode
  /** For the browser's tab, where `title` is not a plain text. */
  tabTitle?: string
  description?: ReactNode
  /** Where this page lies, outermost first. */
  crumbs?: { label: string; href: string }[]
  /** The page's one next step. */
  action?: ReactNode
}

/** Every page begins with this: its place, its one `h1`, its next step. */
export function PageHeader({ title, tabTitle, description, crumbs = [], action }: PageHeaderProps) {
  const plainTitle = tabTitle ?? (typeof title === 'string' ? title : undefined)
  useEffect(() => {
    if (plainTitle) document.title = `${plainTitle} · Postern`
  }, [plainTitle])
  return (
    <Stack gap={6} mb="lg">
      {crumbs.length > 0 && (
        <Breadcrumbs component="nav" aria-label="Where you are" separatorMargin={6}>
          {crumbs.map(({ label, href }) => (
            <Anchor key={href} href={href} size="sm">
              {label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        {/* On a phone the next step comes below what the page is for. */}
        <Stack gap={6} flex={description ? '1 1 320px' : '1 1 160px'} miw={0}>
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {description && (
            <Text c="dimmed" maw={720} style={{ overflowWrap: 'anywhere' }}>
              {description}
            </Text>
          )}
        </Stack>
        {action}
      </Group>
    </Stack>
  )
}
