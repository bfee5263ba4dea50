import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { RouteSurroundings } from '../proxy/routes/check-route.ts'
import { findTaken } from '../proxy/routes/find-taken.ts'
import type { RoutesShown } from '../proxy/routes/operator.ts'
import { parseRoutesFile } from '../proxy/routes/parse-routes-file.ts'
import { askOrOpen } from './admin-ask.ts'
import { readArgs } from './admin-place.ts'
import { askRunningServer } from './admin-socket.ts'
import { CommandError } from './say.ts'

/** `postern admin routes …`: what leads where behind the proxy, and whether a file of routes can be followed. */
export async function adminRoutes([command, ...args]: string[]): Promise<number> {
  if (command === 'check') return checkFile(args)
  if (command === 'list') return list(args)
  throw new CommandError('say what to do: routes check [FILE], or routes list.')
}

/** Exits with 0 where the file would be followed, 1 where not. Groups and connectors are looked up where a server runs. */
async function checkFile(given: string[]): Promise<number> {
  const [first] = given
  const named = first === undefined || first.startsWith('--') ? undefined : first
  const { flags, config } = readArgs(named === undefined ? given : given.slice(1), {})
  const path = named ?? config.routesFile
  if (path === undefined) throw new CommandError('say which file: routes check FILE, or set POSTERN_ROUTES.')
  const shown = await readShown(config)
  const known = namesOf(shown)
  const site = { origin: config.url.origin, rpId: config.rpId, port: config.port }
  const read = parseRoutesFile(readText(path), { site, ...known })
  const { routes, warnings } = read
  const problems = [...read.problems, ...(shown === undefined ? [] : findTaken(read, shown))]
  if (flags['json'] === true)
    process.stdout.write(
      `${JSON.stringify({ file: resolve(path), routes: routes.size, groupsChecked: known.groups !== null, problems, warnings })}\n`,
    )
  else {
    for (const { line, message } of warnings) process.stdout.write(`${path}:${line}: note: ${message}\n`)
    for (const { line, message } of problems) process.stderr.write(`${path}:${line}: ${message}\n`)
    const unknown = known.groups === null ? ' Whether its groups exist was not looked up: no server runs here.' : ''
    if (problems.length === 0)
      process.stdout.write(`${path} can be followed: ${routes.size} route${routes.size === 1 ? '' : 's'}.${unknown}\n`)
  }
  return problems.length === 0 ? 0 : 1
}

async function list(args: string[]): Promise<number> {
  const { flags, config } = readArgs(args, {})
  const shown = await askOrOpen(config, { command: 'routes-list' })
  const lines = shown.routes.map(
    ({ host, upstream, slug, source }) =>
      `${host.padEnd(32)} ${upstream.padEnd(32)} ${slug}${source === 'file' ? ' (file)' : ''}\n`,
  )
  process.stdout.write(
    flags['json'] === true ? `${JSON.stringify(shown)}\n` : lines.join('') || 'There are no routes yet.\n',
  )
  return 0
}

async function readShown({ dataFolder }: Config): Promise<RoutesShown | undefined> {
  const answer = await askRunningServer(dataFolder, { command: 'routes-list' })
  return answer === undefined || 'error' in answer ? undefined : answer
}

const namesOf = (shown: RoutesShown | undefined): Pick<RouteSurroundings, 'groups' | 'connectors'> => ({
  groups: shown === undefined ? null : new Set(shown.groups),
  connectors: shown === undefined ? null : new Set(shown.connectors),
})

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new CommandError(`${path} cannot be read. Check the path and its permissions.`)
  }
}
