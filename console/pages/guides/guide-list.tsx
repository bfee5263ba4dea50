import { Anchor, Stack, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { guideGroups } from './guides.ts'

/** Everything that is written for people, by who reads it. */
export const GuideList = () => (
  <>
    <PageHeader title="Guides" description="They came with this version of Postern, and are open to everybody." />
    <Stack gap="xl" maw={860}>
      {guideGroups.map(({ label, guides }) => (
        <Section key={label} title={label}>
          <RowList label={label}>
            {guides.map(({ name, title, about }) => (
              <div key={name}>
                <Anchor href={paths.guide(name)} fw={600}>
                  {title}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {about}
                </Text>
              </div>
            ))}
          </RowList>
        </Section>
      ))}
    </Stack>
  </>
)
