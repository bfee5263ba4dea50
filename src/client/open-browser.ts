import { spawn } from 'node:child_process'

/** Opens a page in the person's browser, where there is one; the link has been printed all the same. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv, platform = process.platform): void {
  const opener = openerFor(env, platform)
  if (opener === undefined) return
  const [command, ...args] = opener
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true, env })
  // Whoever has none opens the link by hand.
  child.on('error', () => undefined)
  child.unref()
}

function openerFor(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): [string, ...string[]] | undefined {
  const chosen = env['BROWSER']
  if (chosen !== undefined && chosen !== '') return [chosen]
  if (platform === 'darwin') return ['open']
  // No shell in between, which would take the address apart.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined
}
