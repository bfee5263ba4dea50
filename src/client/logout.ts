import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readText, placeFolder } from './folder.ts'
import { lockName, withLock } from './lock.ts'
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
    const sayWaiting = (): void => output.err('Waiting for somebody who is signing in to the same server…\n')
    await withLock(join(folder, lockName), sayWaiting, async () => {
      const tokens = await loadTokens(folder)
      // First at the server: what is only forgotten here would go on there.
      if (tokens !== undefined) await revokeToken(await getEndpoints(place), tokens.refreshToken)
      const key = join(folder, 'id_ed25519')
      // An agent that never had it has nothing to say about it.
      if (env['SSH_AUTH_SOCK'] && (await readText(`${key}.pub`)) !== undefined)
        await runTool('ssh-add', ['-q', '-d', key], env).catch(() => undefined)
      await clear(folder)
    })
    // Unless somebody who waited has the next turn in it.
    await rmdir(folder).catch(() => undefined)
    output.err(`You are signed out of ${place.origin} on this machine.\n`)
    return 0
  })

/** All but the lock, and the places of those who wait for it. */
async function clear(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== lockName && !name.startsWith(`${lockName}.`))
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true })
}
