import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const modules = '/usr/lib/apache2/modules'
const always = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'filter', 'include']

/** Why Apache with this module cannot be tried here; false where it can. @param name of Debian's package */
export const skipApache = (module: string, name: string): string | false =>
  existsSync('/usr/sbin/apache2') && [...always, module].every((each) => existsSync(`${modules}/mod_${each}.so`))
    ? false
    : `apache2 with ${name} is not installed`

/** Apache with one page, behind a module that asks who comes; it takes a minute at most to listen. */
export async function startApache(given: {
  folder: string
  port: number
  origin: string
  module: string
  /** What it shows to whoever is let in; it may include variables. */
  page: string
  /** What the module is told. */
  settings: string
  /** Beside its configuration, by name. */
  files?: Record<string, string>
}): Promise<AsyncDisposable> {
  const { folder, port, page, files = {} } = given
  await mkdir(join(folder, 'site'))
  const all = { ...files, 'site/index.shtml': page, 'apache.conf': configuration(given) }
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text)
  // Its workers are somebody else where it was started as root.
  await chmod(folder, 0o755)
  const apache = spawn('/usr/sbin/apache2', ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: 'inherit' })
  const until = performance.now() + 60_000
  const isListening = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    )
  while (!(await isListening())) {
    if (performance.now() > until || apache.exitCode !== null)
      throw new Error(`Apache does not listen: ${await readFile(join(folder, 'error.log'), 'utf8').catch(() => '')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    async [Symbol.asyncDispose]() {
      if (apache.exitCode !== null) return
      apache.kill()
      await once(apache, 'exit')
    },
  }
}

const configuration = ({ folder, port, origin, module, settings }: Parameters<typeof startApache>[0]): string => `
ServerRoot ${folder}
ServerName ${new URL(origin).host}
UseCanonicalName On
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
${[...always, module].map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${folder}/site
DirectoryIndex index.shtml
<Directory ${folder}/site>
  Options +Includes
  SetOutputFilter INCLUDES
  ForceType text/html
</Directory>
${settings}
`
