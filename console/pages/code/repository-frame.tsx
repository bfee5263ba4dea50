import { Anchor, Box, Group, Text, Title } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { VisibilityBadge } from '../../ui/visibility-badge.tsx'
import { useGo } from '../../url-state.ts'
import styles from './repository-frame.module.css'
import { usePlace, useRefName } from './use-place.ts'

export type RepositoryTab = 'code' | 'commits' | 'branches' | 'tags' | 'pull-requests' | 'settings'

/** Around every page of a repository: where it lies, what it is, and its pages. */
export function RepositoryFrame(props: {
  tab: RepositoryTab
  /** For the browser's tab. */
  title: string
  /** The repository's own page: its name is the title. */
  isFront?: boolean
  children: (repository: RepositoryView) => ReactNode
}) {
  const place = usePlace()
  const { data: repository } = useSuspenseQuery(getQuery<RepositoryView>(place.api))
  const { project, name } = repository
  useEffect(() => {
    document.title = `${props.title} · ${project}/${name} · Postern`
  }, [props.title, project, name])
  const go = useGo()
  const ref = useRefName()
  const find = () => !repository.isEmpty && go(paths.find(project, name, { ref }))
  // Some keyboards have the slash with Shift.
  useHotkeys([
    ['/', find],
    ['shift+/', find],
  ])
  return (
    <>
      <Group gap="xs" wrap="wrap">
        <Text component={props.isFront ? 'h1' : 'div'} m={0} fz="lg" fw={400} style={{ overflowWrap: 'anywhere' }}>
          <Anchor href={paths.project(project)} inherit>
            {project}
          </Anchor>
          <Text span c="dimmed" inherit>
            {' / '}
          </Text>
          <Anchor href={paths.repository(project, name)} inherit fw={650}>
            {name}
          </Anchor>
        </Text>
        <VisibilityBadge visibility={repository.visibility} />
        <DemoBadge isDemo={repository.isDemo} />
      </Group>
      <RepositoryNavigation repository={repository} tab={props.tab} />
      {props.children(repository)}
    </>
  )
}

function RepositoryNavigation({ repository, tab }: { repository: RepositoryView; tab: RepositoryTab }) {
  const { project, name } = repository
  const links: [tab: RepositoryTab, label: string, href: string, count?: number][] = [
    ['code', 'Code', paths.repository(project, name)],
    ['pull-requests', 'Pull requests', paths.pullRequests(project, name), repository.openPullRequests],
    ['commits', 'Commits', paths.commits(project, name)],
    ['branches', 'Branches', paths.branches(project, name), repository.branchCount],
    ['tags', 'Tags', paths.tags(project, name), repository.tagCount],
  ]
  if (repository.myRole === 'admin') links.push(['settings', 'Settings', paths.settings(project, name)])
  return (
    <Box component="nav" aria-label="Repository" className={styles.tabs}>
      {links.map(([key, label, href, count]) => (
        <a key={key} href={href} className={styles.tab} {...(key === tab ? { 'aria-current': 'page' as const } : {})}>
          {label}
          {count ? <span className={styles.count}>{count.toLocaleString('en')}</span> : null}
        </a>
      ))}
    </Box>
  )
}

/** The page's own title, below the repository's. */
export const SectionTitle = ({ children, action }: { children: ReactNode; action?: ReactNode }) => (
  <Group justify="space-between" mb="md" gap="sm">
    <Title order={1} fz="xl">
      {children}
    </Title>
    {action}
  </Group>
)
