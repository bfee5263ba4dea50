import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertCircle, IconBuilding } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { domainsQuery, ownClaimsQuery } from './domain-queries.ts'
import { peopleWords } from './domain-words.ts'

/** On Home: that somebody wants to manage this account, and for administrators what waits for them at a domain. */
export function OwnClaims() {
  const isAdmin = isAdministrator(useMe())
  const { data: own } = useQuery(ownClaimsQuery)
  const { data: all } = useQuery({ ...domainsQuery, enabled: isAdmin })
  const open = own?.items.filter(({ state }) => state === 'noticed') ?? []
  const troubled = all?.items.filter(({ state, accounts }) => state === 'lost' || accounts.objected > 0) ?? []
  return (
    <>
      {open.map(({ id, domain, graceEndsAt }) => (
        <Alert key={id} color="yellow" icon={<IconBuilding />} title={`${domain} wants to manage your account`}>
          <Group justify="space-between" gap="sm">
            <Text size="sm" flex="1 1 260px">
              It does from {dayWords(graceEndsAt)} on, unless you object.
            </Text>
            <Button component="a" href={paths.claim(id)} size="xs">
              Agree or object
            </Button>
          </Group>
        </Alert>
      ))}
      {troubled.map(({ id, name, state, accounts }) => (
        <Alert
          key={id}
          color={state === 'lost' ? 'red' : 'gray'}
          icon={<IconAlertCircle />}
          title={state === 'lost' ? `The proof of ${name} is lost` : `Not everybody at ${name} wants to be managed`}
        >
          <Group justify="space-between" gap="sm">
            <Text size="sm" flex="1 1 260px">
              {state === 'lost'
                ? 'Nobody’s access ended. Nobody new can be managed by it until it is found again.'
                : `${peopleWords(accounts.objected)} objecting. It is for you to decide.`}
            </Text>
            <Button component="a" href={paths.domain(id)} size="xs" variant="default">
              Take a look
            </Button>
          </Group>
        </Alert>
      ))}
    </>
  )
}
