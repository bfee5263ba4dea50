import { Anchor, Box, Code, Group, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryClient } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { headingAnchor } from '../../ui/markdown-links.ts'
import { MarkdownView } from '../../ui/markdown-view.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { usePathPart } from '../../url-state.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { guideNameOf, partsOf } from './guides.ts'
import { GuideList } from './guide-list.tsx'
import { guideQuery, isGuide } from './guide-texts.ts'

// Before the page is shown, so that a link to a heading finds it.
export const fetchAhead: FetchAhead = ({ params }) => [queryClient.ensureQueryData(guideQuery(params['_splat'] ?? ''))]

/** One guide, as it lies beside the sources of this very version; for strangers too, who may have lost their key. */
export function GuidePage() {
  const name = usePathPart('_splat')
  return name === '' ? <GuideList /> : <Guide name={name} />
}

function Guide({ name }: { name: string }) {
  const { data: guide } = useSuspenseQuery(guideQuery(name))
  const directory = guide?.directory ?? ''
  const places = useMemo(
    () => ({
      directory,
      fileHref: (file: string, heading: string) => {
        const to = guideNameOf(file)
        return isGuide(to) ? paths.guide(heading === '' ? to : `${to}#${heading}`) : null
      },
      imageHref: (file: string) => file,
    }),
    [directory],
  )
  if (guide === null) return <NotFoundPage />
  const parts = partsOf(guide.text)
  return (
    <>
      <PageHeader title={guide.title} crumbs={[{ label: 'Guides', href: paths.guides }]} />
      <Box maw={860}>
        {parts.length > 1 && (
          <Group component="nav" aria-label="On this page" gap="md" mb="lg" style={{ rowGap: 4 }}>
            {parts.map((part) => (
              <Anchor key={part} href={`#${headingAnchor(part)}`} size="sm">
                {part}
              </Anchor>
            ))}
          </Group>
        )}
        {guide.text.includes('git.example.com') && (
          <Text size="sm" c="dimmed" mb="lg">
            <Code>git.example.com</Code> stands for <Code>{location.host}</Code>.
          </Text>
        )}
        <MarkdownView text={guide.text} places={places} />
      </Box>
    </>
  )
}
