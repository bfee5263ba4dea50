import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../start-postern.ts'
import { findProgram, startTool, type Tool } from './program.ts'

const source = '/usr/share/redmine'
const integrations = join(import.meta.dirname, '../../../integrations/redmine')
const ruby = findProgram('ruby')

/** Why Redmine cannot be tried on this machine; false where it can. */
export const skipRedmine: string | false =
  (ruby === undefined || !existsSync(join(source, 'config.ru'))) && 'redmine and redmine-sqlite are not installed'

/** Why its board cannot; false where it can. */
export const skipRedhopper: string | false =
  skipRedmine || (!existsSync(join(source, 'plugins/redhopper/init.rb')) && 'redmine-plugin-redhopper is not installed')

export interface RedmineSettings {
  /** `config/configuration.yml`, as the guide gives it. */
  configuration: string
  /** Redmine's settings by their names. */
  settings: Readonly<Record<string, string>>
  groups: readonly string[]
  projects: readonly {
    name: string
    identifier: string
    /** May work in it. */
    groups: readonly string[]
    /** Subjects. */
    issues: readonly string[]
    /** A file of so many bytes to download. */
    file?: { name: string; bytes: number }
  }[]
  /** Accounts of Redmine's own, with a password and codes (RFC 6238) from this secret in base32. */
  people?: readonly { login: string; password: string; codeSecret: string }[]
}

export interface StartedRedmine extends Tool {
  /** The same one as it would be without us: it signs people in by itself. */
  ownUrl: string
}

/** Redmine as Debian ships it, with its board and our plugin, from a copy in `folder` with SQLite. */
export async function startRedmine(folder: string, redmine: RedmineSettings): Promise<StartedRedmine> {
  await cp(source, folder, {
    recursive: true,
    // Links into the system's own instance.
    filter: (path) => !/\/(Gemfile\.lock|instances|database\.yml|plugin_assets)$/.test(path),
  })
  const plugins = join(folder, 'plugins')
  if (skipRedhopper) await rm(join(plugins, 'redhopper'), { recursive: true, force: true })
  else {
    await cp(join(integrations, 'redhopper_in_debian'), join(plugins, 'redhopper'), { recursive: true })
    await cp(join(integrations, 'redhopper_rights'), join(plugins, 'redhopper_rights'), { recursive: true })
  }
  await cp(join(integrations, 'postern_sign_in'), join(plugins, 'postern_sign_in'), { recursive: true })
  const instance = join(folder, 'instances/default')
  for (const part of ['config', 'log', 'files', 'tmp', 'public/plugin_assets'])
    await mkdir(join(instance, part), { recursive: true })
  // What a web server in front would serve from there.
  await symlink(join(instance, 'public/plugin_assets'), join(folder, 'public/plugin_assets'))
  await writeFile(join(instance, 'config/database.yml'), database(folder))
  await writeFile(join(instance, 'config/secret_key.txt'), crypto.randomUUID())
  await writeFile(join(instance, 'config/configuration.yml'), redmine.configuration)
  await writeFile(join(folder, 'Gemfile.local'), "gem 'sqlite3'\ngem 'webrick'\n")
  const env = {
    RAILS_ENV: 'production',
    BUNDLE_GEMFILE: join(folder, 'Gemfile'),
    // The one of Debian's that finds gems where Debian puts them.
    BUNDLER_VERSION: '2.3.15',
  }
  await promisify(execFile)(findProgram('bundle') ?? '', ['install', '--local', '--quiet'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', ...env },
  })
  const [port, ownPort] = [await freePort(), await freePort()]
  const { settings, groups, projects, people = [] } = redmine
  const laidDown = JSON.stringify({ settings, groups, projects, people })
  const script = join(import.meta.dirname, 'redmine.rb')
  const tool = await startTool(ruby ?? '', [script, String(port), String(ownPort), laidDown], {
    port,
    folder,
    env,
    ready: 'both listen',
  })
  return { ...tool, ownUrl: `http://127.0.0.1:${ownPort}` }
}

const database = (folder: string): string =>
  `production:\n  adapter: sqlite3\n  database: ${join(folder, 'redmine.sqlite3')}\n  timeout: 5000\n`
