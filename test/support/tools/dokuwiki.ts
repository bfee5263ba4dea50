import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../start-postern.ts'
import { findProgram, startTool, type Tool } from './program.ts'

const source = '/usr/share/dokuwiki'
const settings = '/etc/dokuwiki'
const plugins = join(import.meta.dirname, '../../../integrations/dokuwiki')
const php = findProgram('php')

/** Why DokuWiki cannot be tried on this machine; false where it can. */
export const skipDokuwiki: string | false =
  (php === undefined || !existsSync(join(source, 'doku.php'))) && 'dokuwiki and php-cli are not installed'

export interface WikiSettings {
  /** Lines of `conf/local.php`. */
  local: string
  /** `conf/local.protected.php`, which stands above it, whole. */
  protected?: string
  /** Lines of `conf/acl.auth.php`. */
  acl: readonly string[]
  /** Text by the page's name: `website:start`. */
  pages: Readonly<Record<string, string>>
  /** A file to download, of so many bytes, by its name in the wiki. */
  media?: { name: string; bytes: number }
  /** Lines of `conf/users.auth.php`, for a wiki that keeps passwords itself. */
  users?: readonly string[]
}

/** DokuWiki as Debian ships it, with our plugin, from a copy in `folder`; served by PHP alone. */
export async function startDokuwiki(folder: string, wiki: WikiSettings): Promise<Tool> {
  // Five thousand files: the system’s own copies them four times as fast.
  await promisify(execFile)('cp', ['-rL', source, folder])
  // Debian's own reads /etc; without it everything stands where DokuWiki itself puts it.
  await writeFile(join(folder, 'inc/preload.php'), '<?php\n')
  // The files of accounts and rights stay behind: they are made here.
  await cp(settings, join(folder, 'conf'), {
    recursive: true,
    dereference: true,
    filter: (path) => !/\/(acl|users)\.auth\.php$|\/local(\.protected)?\.php$|\/preload\.php$/.test(path),
  })
  await cp(plugins, join(folder, 'lib/plugins'), { recursive: true })
  const kinds = [
    'attic',
    'cache',
    'index',
    'locks',
    'log',
    'media',
    'media_attic',
    'media_meta',
    'meta',
    'pages',
    'tmp',
  ]
  for (const kind of kinds) await mkdir(join(folder, 'data', kind), { recursive: true })
  await writeFile(join(folder, 'conf/local.php'), `<?php\n$conf['savedir'] = './data';\n${wiki.local}`)
  if (wiki.protected !== undefined) await writeFile(join(folder, 'conf/local.protected.php'), wiki.protected)
  await writeFile(join(folder, 'conf/acl.auth.php'), `${wiki.acl.join('\n')}\n`)
  await writeFile(join(folder, 'conf/users.auth.php'), `${(wiki.users ?? []).join('\n')}\n`)
  for (const [name, text] of Object.entries(wiki.pages))
    await lay(folder, `pages/${name.replaceAll(':', '/')}.txt`, text)
  if (wiki.media !== undefined) await lay(folder, `media/${wiki.media.name}`, Buffer.alloc(wiki.media.bytes))
  const port = await freePort()
  return startTool(php ?? '', ['-S', `127.0.0.1:${port}`, '-t', folder], {
    port,
    folder,
    env: { PHP_CLI_SERVER_WORKERS: '4' },
    ready: 'started',
  })
}

async function lay(folder: string, path: string, content: string | Buffer): Promise<void> {
  const file = join(folder, 'data', path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, content)
}
