import { ActionIcon, Button, Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { openSearch } from './keyboard-requests.ts'

/** The way to the search for those who do not know its key. */
export const SearchButton = () => (
  <>
    <Button
      variant="default"
      size="xs"
      visibleFrom="lg"
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={<Kbd size="xs">{isApple() ? '⌘' : 'Ctrl'} K</Kbd>}
      onClick={openSearch}
    >
      Search
    </Button>
    <ActionIcon variant="default" size={34} radius="xl" hiddenFrom="lg" aria-label="Search" onClick={openSearch}>
      <IconSearch size={16} />
    </ActionIcon>
  </>
)

const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent)
