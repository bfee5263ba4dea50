import { basename, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { ClientError } from './client-error.ts'
import { listKnownOrigins, originFile, placeFolder, writePrivate } from './folder.ts'
import { lockName, withLock } from './lock.ts'
import { started } from './login.ts'
import { findEndpoints, getEndpoints, refreshTokens, revokeToken, type Tokens } from './oauth.ts'
import { orOneLine } from './output.ts'
import { parsePlace, type Place } from './place.ts'
import { type ClientParts, gitScope, signIn } from './sign-in.ts'
import { forgetTokens, loadTokens, saveTokens } from './token-store.ts'

const help = (): string => `postern git-credential <get|store|erase> [--device]

Signs git in over HTTPS with a tap on your key in the browser, and renews that by itself. git asks it:

  git config --global credential.https://git.example.com.helper '!${ownCommand()} git-credential'

With --device in that line it shows a code to type in on another machine.
`

/** As it was started: git starts it from any folder. */
function ownCommand(): string {
  const started = resolve(process.argv[1] ?? 'postern')
  return basename(started) === 'postern.mjs' ? `node ${/\s/.test(started) ? `"${started}"` : started}` : 'postern'
}

/** Renewed a little before its end, so that it lasts until git has used it. */
const marginMs = 60_000

/** git's credential helper protocol, gitcredentials(7): what is known comes in by standard input, what is found goes out. */
export const gitCredential = (
  args: readonly string[],
  parts: ClientParts & { input?: AsyncIterable<Buffer | string> } = started(),
): Promise<number> =>
  orOneLine('git-credential', parts.output, async () => {
    const isDevice = args.includes('--device')
    const [action = 'help'] = args.filter((arg) => arg !== '--device')
    if (!['get', 'store', 'erase'].includes(action)) {
      parts.output.out(help())
      return action === 'help' || action === '--help' ? 0 : 2
    }
    // git keeps nothing here: what it was given is renewed, and would be stale by then.
    if (action === 'store') return 0
    const asked = parseAttributes(await text(parts.input ?? process.stdin))
    const place = placeOf(asked)
    if (place === undefined) return 0
    return action === 'get' ? answer(place, asked, isDevice, parts) : erase(place, asked, parts)
  })

type Attributes = ReadonlyMap<string, string>

const parseAttributes = (input: string): Attributes =>
  new Map(
    input.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )

/** Undefined for what no instance could be. */
function placeOf(asked: Attributes): Place | undefined {
  const [protocol, host] = [asked.get('protocol'), asked.get('host')]
  if ((protocol !== 'https' && protocol !== 'http') || !host) return undefined
  return parsePlace(`${protocol}://${host}`)
}

async function answer(place: Place, asked: Attributes, isDevice: boolean, parts: ClientParts): Promise<number> {
  const { output, env } = parts
  // Where nobody has signed in, it may be a server of any kind.
  const isKnown = (await listKnownOrigins(env)).includes(place.origin)
  if (!isKnown && (await findEndpoints(place)) === undefined) return 0
  const folder = await placeFolder(env, place)
  const sayWaiting = (): void => output.err('Waiting for another git that is signing in to the same server…\n')
  try {
    const tokens = await withLock(join(folder, lockName), sayWaiting, () => getTokens(place, folder, isDevice, parts))
    if (tokens === undefined) return 0
    const username = asked.get('username') ?? 'oauth2'
    const seconds = Math.floor(tokens.expiresAt / 1000)
    output.out(`username=${username}\npassword=${tokens.accessToken}\npassword_expiry_utc=${seconds}\n`)
    return 0
  } catch (error) {
    // Or git would ask for a password that nobody has.
    if (error instanceof ClientError) output.out('quit=1\n')
    throw error
  }
}

async function getTokens(place: Place, folder: string, isDevice: boolean, parts: ClientParts): Promise<Tokens> {
  const { env, now } = parts
  const known = await loadTokens(folder)
  if (known !== undefined && known.expiresAt - marginMs > now()) return known
  const endpoints = await getEndpoints(place)
  const renewed = known && (await refreshTokens(endpoints, known.refreshToken, now()))
  if (renewed !== undefined) {
    await saveTokens(folder, renewed)
    return renewed
  }
  if (known !== undefined) await forgetTokens(folder)
  if (env['GIT_TERMINAL_PROMPT'] === '0')
    throw new ClientError('You are not signed in, and git may not ask here.', `Run: postern login ${place.origin}`)
  const tokens = await signIn(endpoints, { scope: gitScope, isDevice }, parts)
  await saveTokens(folder, tokens)
  await writePrivate(join(folder, originFile), `${place.origin}\n`)
  return tokens
}

/** git says that a token was refused: the next one is a fresh one. Without a token, all of it is to be forgotten. */
async function erase(place: Place, asked: Attributes, { env, output }: ClientParts): Promise<number> {
  const folder = await placeFolder(env, place)
  const refused = asked.get('password')
  await withLock(
    join(folder, lockName),
    () => undefined,
    async () => {
      const known = await loadTokens(folder)
      if (known === undefined) return
      if (refused !== undefined) {
        if (known.accessToken === refused) await saveTokens(folder, { ...known, expiresAt: 0 })
        return
      }
      await forgetTokens(folder)
      const endpoints = await findEndpoints(place)
      if (endpoints !== undefined) await revokeToken(endpoints, known.refreshToken)
    },
  ).catch((error: unknown) => {
    if (!(error instanceof ClientError)) throw error
    output.err(`It is forgotten here, and ends at the server by itself: ${error.message}\n`)
  })
  return 0
}
