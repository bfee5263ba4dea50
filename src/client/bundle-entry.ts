import { connector } from './connector/connector.ts'
import { gitCredential } from './git-credential.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'

const commands: Record<string, (args: string[]) => Promise<number>> = {
  login: (args) => login(args),
  logout: (args) => logout(args),
  'git-credential': (args) => gitCredential(args),
  connector: (args) => connector(args),
}

const HELP = `postern <command>

  login           get an SSH certificate for some hours, with a tap
  logout          end what login began
  git-credential  sign git in over HTTPS: git asks it
  connector       carry routes of the server into this network

Each takes --help.
`

const [name = 'help', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
// Nothing of a command ends the process itself, so that a pipe can drain.
if (command !== undefined) process.exitCode = await command(args)
else {
  const isHelp = ['help', '--help', '-h'].includes(name)
  process[isHelp ? 'stdout' : 'stderr'].write(HELP)
  process.exitCode = isHelp ? 0 : 2
}
