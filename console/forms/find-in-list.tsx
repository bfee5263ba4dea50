import { IconSearch } from '@tabler/icons-react'
import { UrlTextInput } from './url-text-input.tsx'

interface FindInListProps {
  /** What it says, as in "Find a group". */
  label: string
  /** What is looked for in the list that is shown. */
  q: string
  /** What `useInfiniteQuery` knows. */
  list: { hasNextPage: boolean; data: { pages: readonly unknown[] } }
}

/** A field to look for something in a list that is longer than its first page; a shorter one is looked through by eye. */
export const FindInList = ({ label, q, list: { hasNextPage, data } }: FindInListProps) =>
  q !== '' || hasNextPage || data.pages.length > 1 ? (
    <UrlTextInput
      name="q"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      w={{ base: '100%', xs: 340 }}
      mb="md"
    />
  ) : null
