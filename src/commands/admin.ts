import { rehome } from '../identity/instance.ts'
import { findHostProblem } from '../proxy/routes/host-name.ts'
import { showRoutes } from '../proxy/routes/operator.ts'
import { askOrOpen } from './admin-ask.ts'
import { adminEndAccess } from './admin-end-access.ts'
import { adminGuardrails } from './admin-guardrails.ts'
import { adminMetadata } from './admin-metadata.ts'
import { adminRoutes } from './admin-routes.ts'
import { adminSshHostKey } from './admin-ssh-host-key.ts'
import { readArgs, withOwnDatabase } from './admin-place.ts'
import { clockOf, CommandError, withOneLine } from './say.ts'

const help = `postern admin: what an operator does on the machine itself

  postern admin setup-link [--owner USERNAME]
      Prints a one-time link. Before set-up: for the first owner. After it: for a new owner, or with --owner for that
      owner to register anew. When it is used, all that they could come in with before ends, and tokens and keys of
      theirs with it; their agents, deploy keys, pipelines and connectors go on.

  postern admin end-access USERNAME [--reason TEXT]
      Ends everything a person or agent can come in with, cuts what they have open, and prints the receipt.

  postern admin rehome --url URL
      With the server stopped: moves everybody to a new address. Prints a one-time registration link for each person.
      Signatures made before stay valid.

  postern admin metadata import FILE [--root PEM]
      Takes what is known of authenticator models from a file of the FIDO Metadata Service. With --root: signed below
      that certificate instead of FIDO's. Every passkey is judged anew, at the next start where no server runs.

  postern admin metadata show
      Says which metadata is in force.

  postern admin ssh-host-key
      Prints where SSH is, the fingerprint of its host key, the line for known_hosts and the SSHFP record for DNS.

  postern admin routes check [FILE]
      Says whether a file of routes can be followed, each mistake with its line. Exits with 1 where it cannot.

  postern admin routes list
      Says which host names lead where.

  postern admin guardrails show
  postern admin guardrails off [--rule ID]
      Switches guardrails off, for the day they keep every administrator out. They stay, to be switched on again.

All take --data, --database and --json, and read the same environment as serve.
`

export async function admin(args: string[]): Promise<number> {
  const [command, ...rest] = args
  if (command === undefined || args.includes('--help')) {
    process.stdout.write(help)
    return command === undefined ? 2 : 0
  }
  return withOneLine(`admin ${command}`, async () => {
    if (command === 'setup-link') return setupLink(rest)
    if (command === 'rehome') return moveHouse(rest)
    if (command === 'end-access') return adminEndAccess(rest)
    if (command === 'metadata') return adminMetadata(rest)
    if (command === 'guardrails') return adminGuardrails(rest)
    if (command === 'routes') return adminRoutes(rest)
    if (command === 'ssh-host-key') return adminSshHostKey(rest)
    throw new CommandError('there is no such command. See postern admin --help.')
  })
}

async function setupLink(args: string[]): Promise<number> {
  const { flags, config } = readArgs(args, { owner: { type: 'string' } })
  const request = {
    command: 'setup-link' as const,
    ...(typeof flags['owner'] === 'string' ? { owner: flags['owner'] } : {}),
  }
  const answer = await askOrOpen(config, request)
  if (flags['json'] === true) process.stdout.write(`${JSON.stringify(answer)}\n`)
  else process.stdout.write(`${sentence(answer)}\n\n  ${answer.url}\n\n`)
  return 0
}

function sentence({ username, expiresAt }: { username: string | null; expiresAt: number }): string {
  const until = `It works once, until ${clockOf(expiresAt)}`
  if (username === null) return `A new owner registers with this link. ${until}:`
  return `${username} registers anew with this link. ${until}.
When it is used, all that they came in with before ends: passkeys, recovery and break-glass codes, sessions, API tokens,
SSH keys and certificates, programs they let in, places they sign in from.
Their agents, deploy keys, pipelines and connectors go on. If the passkey was stolen, look through them then; an agent
also ends with: postern admin end-access AGENT`
}

async function moveHouse(args: string[]): Promise<number> {
  const { flags, config } = readArgs(args, {})
  if (!args.some((arg) => arg === '--url' || arg.startsWith('--url=')))
    throw new CommandError('say where to: --url https://git.example.com')
  const place = { rpId: config.rpId, origin: config.url.origin }
  const { moved, tools } = await withOwnDatabase(config, async (database) => ({
    moved: await rehome(database, place, Date.now()),
    tools: (await showRoutes(database)).routes,
  }))
  if (flags['json'] === true) process.stdout.write(`${JSON.stringify(moved)}\n`)
  else {
    process.stdout.write(`Moved to ${place.origin}. Give each person their link; each works once, for 7 days:\n\n`)
    for (const person of moved) process.stdout.write(`  ${person.username.padEnd(20)} ${person.url}\n`)
    for (const { name, host } of tools) {
      const problem = findHostProblem(host, place)
      if (problem !== undefined) process.stdout.write(`\n${name} is not opened at ${host} any more. ${problem}\n`)
    }
    process.stdout.write(`\nStart with POSTERN_URL=${place.origin}.\n`)
  }
  return 0
}
