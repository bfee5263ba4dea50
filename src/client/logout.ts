import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readText, placeFolder } from './folder.ts'
import { placeOf, started } from './login.ts'
import { getEndpoints, revokeToken } from './oauth.ts'
import { orOneLine } from './output.ts'
import { runTool } from './run-tool.ts'
import type { ClientParts } from './sign-in.ts'
import { loadTokens } from './token-store.ts'

const HELP = `postern logout [<address>]

Ends what postern login began: at the server, in your ssh-agent, and in ~/.config/postern.
`

export const logout = (args: readonly string[], parts: ClientParts = started()): Promise<number> =>
  orOneLine('logout', parts.output, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    })
    if (values.help) {
      parts.output.out(HELP)
      return 0
    }
    const { env, output } = parts
    const place = await placeOf(positionals[0], parts)
    const folder = await placeFolder(env, place)
    const tokens = await loadTokens(folder)
    // First at the server: what is only forgotten here would go on there.
    if (tokens !== undefined) await revokeToken(await getEndpoints(place), tokens.refreshToken)
    const key = join(folder, 'id_ed25519')
    // An agent that never had it has nothing to say about it.
    if (env['SSH_AUTH_SOCK'] && (await readText(`${key}.pub`)) !== undefined)
      await runTool('ssh-add', ['-q', '-d', key], env).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
    output.err(`You are signed out of ${place.origin} on this machine.\n`)
    return 0
  })
