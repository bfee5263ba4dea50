import { Anchor, Group, Text } from '@mantine/core'
import type { PersonDetail } from '../../api/shapes.ts'
import { repositoryRoles } from '../../forms/role-words.ts'
import { paths, splitPath } from '../../paths.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'

/** What somebody may do where: their own roles, and those of their groups. */
export const PersonReaches = ({ detail: { person, reaches, tools } }: { detail: PersonDetail }) => (
  <Section title="What they reach">
    <Text c="dimmed">{everywhereWords(person, reaches.length > 0)}</Text>
    {reaches.length > 0 && (
      <RowList label="Places">
        {reaches.map(({ path, role, group }) => (
          <Group key={path} justify="space-between" gap="xs">
            <Anchor href={hrefOf(path)} style={{ overflowWrap: 'anywhere' }}>
              {path}
            </Anchor>
            <Text size="sm" c="dimmed">
              {repositoryRoles.find(({ value }) => value === role)?.label}
              {group !== null && ` through ${group}`}
            </Text>
          </Group>
        ))}
      </RowList>
    )}
    {tools.length > 0 && person.state === 'active' && (
      <>
        <Text c="dimmed">Tools that are open to them:</Text>
        <RowList label="Tools">
          {tools.map(({ slug, name, group }) => (
            <Group key={slug} justify="space-between" gap="xs">
              <Text style={{ overflowWrap: 'anywhere' }}>{name}</Text>
              <Text size="sm" c="dimmed">
                {group === null ? audienceWords(person) : `Through ${group}`}
              </Text>
            </Group>
          ))}
        </RowList>
      </>
    )}
  </Section>
)

const audienceWords = ({ role, kind }: PersonDetail['person']): string =>
  role === 'guest' && kind === 'person' ? 'Open to everybody, guests too' : 'Open to them as a member'

function everywhereWords({ role, kind, state }: PersonDetail['person'], hasPlaces: boolean): string {
  if (state === 'ended') return hasPlaces ? 'Nothing any more. What was given to them:' : 'Nothing any more.'
  if (role === 'owner' || role === 'admin') return 'Everything: they administer the organisation.'
  if (role === 'member' && kind === 'person')
    return hasPlaces
      ? 'Internal repositories, which all members may read, and where they were given a role:'
      : 'Internal repositories, which all members may read. They were given no role of their own.'
  return hasPlaces
    ? 'What is public, and where they were given a role:'
    : 'Only what is public: they were given no role.'
}

function hrefOf(path: string): string {
  const { project, name } = splitPath(path)
  return name === '' ? paths.project(project) : paths.repository(project, name)
}
