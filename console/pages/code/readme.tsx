import { Box, Paper, Text } from '@mantine/core'
import { revealHidden } from '../../ui/code-hidden.ts'
import { RepositoryMarkdown } from './repository-markdown.tsx'
import type { Place } from './use-place.ts'

export const isMarkdown = (name: string) => /\.(md|markdown|mdx)$/i.test(name)

interface ReadmeProps {
  place: Place
  refName: string | undefined
  defaultBranch: string
  directory: string
  readme: { name: string; text: string }
}

/** A directory's README: Markdown rendered, anything else as it is written. */
export const Readme = ({ readme, ...where }: ReadmeProps) => (
  <Paper withBorder component="section" aria-label={readme.name} style={{ overflow: 'hidden' }}>
    <Text size="sm" fw={600} px="md" py={10} style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
      {readme.name}
    </Text>
    <Box p={{ base: 'md', sm: 'xl' }} maw={860}>
      {isMarkdown(readme.name) ? (
        <RepositoryMarkdown text={readme.text} {...where} />
      ) : (
        <Box component="pre" m={0} ff="monospace" fz="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {revealHidden(readme.text)}
        </Box>
      )}
    </Box>
  </Paper>
)
