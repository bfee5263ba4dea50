import { Box, Container, Group } from '@mantine/core'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useMaybeMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { Wordmark } from '../../ui/wordmark.tsx'
import { AccountMenu } from './account-menu.tsx'
import { GuideLink } from './guide-link.tsx'
import { Keyboard } from './keyboard.tsx'
import { Navigation } from './navigation.tsx'
import { ProgressLine } from './progress-line.tsx'
import { SearchButton } from './search-button.tsx'

/** Header with navigation, and the page below it. */
export function Shell() {
  const me = useMaybeMe()
  const isLoading = useRouterState({ select: (state) => state.isLoading })
  return (
    <>
      <a className="postern-skip" href="#main">
        Skip to the page
      </a>
      <ProgressLine isActive={isLoading} />
      <Box component="header" style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
        {/* Narrow gaps leave room for all of it where a phone is small, or its page enlarged. */}
        <Container size={1240} px="md" h={56}>
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Group gap="clamp(8px, 3vw, 20px)" wrap="nowrap">
              <Wordmark href={paths.home} />
              {me && <Navigation me={me} />}
            </Group>
            <Group gap="clamp(6px, 2vw, 12px)" wrap="nowrap">
              {me && <SearchButton />}
              <GuideLink />
              <AccountMenu me={me} />
            </Group>
          </Group>
        </Container>
      </Box>
      <Container
        component="main"
        id="main"
        tabIndex={-1}
        size={1240}
        px="md"
        py="lg"
        mih="70vh"
        style={{ outline: 'none' }}
      >
        <Outlet />
      </Container>
      {me && <Keyboard me={me} />}
    </>
  )
}
