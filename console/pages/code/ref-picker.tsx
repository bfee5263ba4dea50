import { Button, NavLink, Popover, ScrollArea, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconGitBranch, IconGitCommit, IconTag } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pagesQuery } from '../../api/queries.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { shortRef } from './comparison-words.ts'

interface RefPickerProps {
  api: string
  /** Shown on the button; a whole object id is shortened. Empty while nothing is chosen. */
  current: string
  /** What it is chosen for, where there are two. */
  label?: string
  hrefOf: (refName: string) => string
}

/** A button that names the branch and opens the others, and the tags. */
export function RefPicker({ api, current, label = 'Showing', hrefOf }: RefPickerProps) {
  const [isOpen, setIsOpen] = useState(false)
  const isOid = /^[0-9a-f]{40}$/.test(current)
  return (
    <Popover opened={isOpen} onChange={setIsOpen} width={300} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={isOid ? <IconGitCommit size={16} aria-hidden /> : <IconGitBranch size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          onClick={() => setIsOpen(!isOpen)}
          aria-label={
            current === '' ? `${label}: choose a branch or tag` : `${label} ${current}. Choose another branch or tag`
          }
          maw="100%"
        >
          {isOid ? current.slice(0, 8) : shortRef(current) || 'Choose'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {isOpen && <Choices api={api} current={current} hrefOf={hrefOf} onChoose={() => setIsOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({ api, current, hrefOf, onChoose }: Omit<RefPickerProps, 'label'> & { onChoose: () => void }) {
  const [kind, setKind] = useState<'branches' | 'tags'>('branches')
  const [filter, setFilter] = useState('')
  const list = useInfiniteQuery(pagesQuery<{ name: string }>(`${api}/${kind}`))
  const names = (list.data?.pages ?? []).flatMap((page) => page.items.map((item) => item.name))
  const shown = names.filter((name) => name.toLowerCase().includes(filter.trim().toLowerCase()))
  const Icon = kind === 'branches' ? IconGitBranch : IconTag
  return (
    <Stack gap="xs">
      <SegmentedControl
        fullWidth
        size="xs"
        value={kind}
        onChange={(value) => setKind(value === 'tags' ? 'tags' : 'branches')}
        data={[
          { value: 'branches', label: 'Branches' },
          { value: 'tags', label: 'Tags' },
        ]}
      />
      <TextInput
        size="sm"
        placeholder={`Filter ${kind}`}
        aria-label={`Filter ${kind}`}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
        data-autofocus
      />
      <ProblemAlert error={list.error} />
      {list.isPending && <RowSkeletons rows={3} height={28} />}
      {list.data && shown.length === 0 && (
        <Text size="sm" c="dimmed" px="xs">
          {names.length === 0 ? `No ${kind} yet` : 'None of that name here'}
        </Text>
      )}
      <ScrollArea.Autosize mah={280} type="auto">
        {shown.map((name) => (
          <NavLink
            key={name}
            href={hrefOf(name)}
            onClick={onChoose}
            active={name === current}
            label={name}
            leftSection={<Icon size={15} aria-hidden />}
            styles={{ label: { overflowWrap: 'anywhere' } }}
          />
        ))}
        <ShowMore
          hasMore={list.hasNextPage}
          isLoading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      </ScrollArea.Autosize>
    </Stack>
  )
}
