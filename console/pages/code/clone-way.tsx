import { Anchor, Code, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { RepositoryView, SshAnswer, SshView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'

type Way = 'https' | 'ssh'

const kept = 'postern.clone-way'

export interface CloneWay {
  way: Way
  choose: (way: Way) => void
  /** What git is given. */
  url: string
  /** Null where SSH is off, or not known yet. */
  ssh: SshView | null
}

/** Over HTTPS or SSH, as this browser chose last; HTTPS alone where SSH is off. */
export function useCloneWay({ path, cloneUrl }: Pick<RepositoryView, 'path' | 'cloneUrl'>): CloneWay {
  const { data } = useQuery({ ...getQuery<SshAnswer>('/ssh'), staleTime: Infinity })
  const [chosen, setChosen] = useState<Way>(readKept)
  const ssh = data?.ssh ?? null
  const way = ssh === null ? 'https' : chosen
  return {
    ssh,
    way,
    url: ssh === null || way === 'https' ? cloneUrl : sshUrl(ssh, path),
    choose(next) {
      setChosen(next)
      try {
        localStorage.setItem(kept, next)
      } catch {
        // A full or forbidden storage forgets it, no more.
      }
    },
  }
}

function readKept(): Way {
  try {
    return localStorage.getItem(kept) === 'ssh' ? 'ssh' : 'https'
  } catch {
    return 'https'
  }
}

const sshUrl = ({ host, port }: SshView, path: string): string =>
  `ssh://git@${host}${port === 22 ? '' : `:${port}`}/${path}.git`

export function CloneWayControl({ way, choose, ssh }: CloneWay) {
  if (ssh === null) return null
  return (
    <SegmentedControl
      fullWidth
      aria-label="How git connects"
      value={way}
      onChange={(value) => choose(value === 'ssh' ? 'ssh' : 'https')}
      data={[
        { value: 'https', label: 'HTTPS' },
        { value: 'ssh', label: 'SSH' },
      ]}
    />
  )
}

/** What git will ask for, and what to answer. */
export function CloneWayHelp({ way, ssh, repository }: Omit<CloneWay, 'choose'> & { repository: RepositoryView }) {
  const { path, visibility } = repository
  if (way === 'ssh' && ssh !== null)
    return (
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          It takes an SSH key of yours.{' '}
          <Anchor href={paths.account('ssh-keys')} inherit>
            Add your key
          </Anchor>
        </Text>
        <Text size="sm" c="dimmed">
          The first time, ssh shows the key of this server. Answer yes only if it is this one:
          <br />
          <Code style={{ overflowWrap: 'anywhere' }}>{ssh.fingerprint}</Code>
          <br />
          or, where it says ECDSA:
          <br />
          <Code style={{ overflowWrap: 'anywhere' }}>{ssh.ecdsa.fingerprint}</Code>
        </Text>
      </Stack>
    )
  return (
    <Text size="sm" c="dimmed">
      {visibility === 'public' && 'Reading needs no token; to push, git asks for one. '}
      When git asks: any user name, and an access token as the password.{' '}
      <Anchor href={paths.newToken({ repository: path })} inherit>
        Make a token
      </Anchor>
    </Text>
  )
}
