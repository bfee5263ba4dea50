import { parseArgs } from 'node:util'
import { ClientError } from './client-error.ts'

export const loginHelp = `postern login [<address>] [options]

Gets an SSH certificate for the next hours, with one tap on your key in the browser. git then works
over SSH, and over HTTPS too where git asks postern git-credential.

  <address>        of the server, such as https://git.example.com; not needed the next time
  --device         show a code to type in on another machine, for a machine without a browser
  --hours <n>      for fewer hours than the server would give
  --key <file>     use this SSH key of yours instead of one that is made for it
  --ssh-host <h>   the host over SSH, where that is none of the address: ssh will trust the server for it
  --write-config   put one Include line on top of ~/.ssh/config
  --help           print this

Everything is kept in ~/.config/postern, for you alone. postern logout ends it all.
`

export interface LoginOptions {
  address: string | undefined
  key: string | undefined
  hours: number | undefined
  sshHost: string | undefined
  isDevice: boolean
  writeConfig: boolean
}

/** @throws ClientError, TypeError */
export function parseLoginOptions(args: readonly string[]): LoginOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      key: { type: 'string' },
      hours: { type: 'string' },
      'ssh-host': { type: 'string' },
      device: { type: 'boolean', default: false },
      'write-config': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  if (positionals.length > 1) throw new ClientError('One address at a time.', 'See postern login --help.')
  const hours = values.hours === undefined ? undefined : Number(values.hours)
  if (hours !== undefined && (!Number.isInteger(hours) || hours < 1 || hours > 24))
    throw new ClientError('--hours takes a whole number from 1 to 24.', 'Such as --hours 8, or leave it out.')
  return {
    address: values.url ?? positionals[0],
    key: values.key,
    hours,
    sshHost: values['ssh-host'],
    isDevice: values.device,
    writeConfig: values['write-config'],
  }
}
