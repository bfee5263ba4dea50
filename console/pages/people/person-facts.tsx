import { Anchor, Group, Text } from '@mantine/core'
import type { PersonDetail, PersonRef } from '../../api/shapes.ts'
import { organisationRoleLabel } from '../../forms/role-words.ts'
import { paths } from '../../paths.ts'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ChangeRole } from './change-role.tsx'
import { LastSeen } from './person-row.tsx'

/** Who somebody is here. */
export function PersonFacts({ detail, isAdmin }: { detail: PersonDetail; isAdmin: boolean }) {
  const { person, groups, agents, guests, sessionCount, tokenCount } = detail
  const isAgent = person.kind === 'agent'
  return (
    <Section title={isAgent ? 'This agent' : 'Account'}>
      <FactList label="Facts">
        <Fact label="Role">
          <Group gap="xs">
            {isAgent ? 'Agent' : organisationRoleLabel(person.role)}
            {isAdmin && !isAgent && person.state === 'active' && !person.isDemo && (
              <ChangeRole person={person} refusal={detail.roleRefusal} />
            )}
          </Group>
        </Fact>
        {person.state === 'ended' && <Fact label="Access">Ended</Fact>}
        {isAgent && (
          <Fact label="Answers for it">
            {person.owner ? <People people={[person.owner]} /> : 'nobody: its tokens do not work'}
          </Fact>
        )}
        {person.managedBy && <Fact label="Managed by">{person.managedBy}</Fact>}
        <Fact label="Groups">{groups.length === 0 ? 'none' : groups.join(', ')}</Fact>
        {!person.isDemo && (
          <Fact label="Last seen">
            <LastSeen person={person} />
          </Fact>
        )}
        <Fact label="Signed in">{isAgent ? 'never: it has tokens only' : sessionsWords(sessionCount)}</Fact>
        <Fact label="API tokens">{tokenCount}</Fact>
        {agents.length > 0 && (
          <Fact label="Agents they answer for">
            <People people={agents} />
          </Fact>
        )}
        {guests.length > 0 && (
          <Fact label="Guests they answer for">
            <People people={guests} />
          </Fact>
        )}
        <Fact label="Added">
          <TimeAgo at={person.createdAt} />
        </Fact>
      </FactList>
    </Section>
  )
}

const sessionsWords = (count: number): string =>
  count === 0 ? 'nowhere' : count === 1 ? 'in one browser' : `in ${count} browsers`

const People = ({ people }: { people: PersonRef[] }) => (
  <Text component="span" inherit>
    {people.map(({ username, displayName }, index) => (
      <span key={username}>
        {index > 0 && ', '}
        <Anchor href={paths.person(username)} inherit>
          {displayName}
        </Anchor>
      </span>
    ))}
  </Text>
)
