import { accessSync, constants, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, userInfo } from 'node:os'
import { type Config, loadConfig } from '../config.ts'
import { lockDataFolder } from '../database/lock.ts'
import { makeSetupLink } from '../identity/instance.ts'
import { createPostern } from '../server.ts'
import { version } from '../version.ts'
import { listenForAdmin } from './admin-socket.ts'
import { buildIfStale, refuseUnwritable } from './build.ts'
import { collectOnceIdle } from './collect-once-idle.ts'
import { clockOf, CommandError, withOneLine } from './say.ts'

const help = `postern serve: start the server

  --url URL              where people reach it (POSTERN_URL, http://localhost:7400)
  --port N               port to listen on (POSTERN_PORT, 7400)
  --ssh-port N|off       port to listen on for git over SSH (POSTERN_SSH_PORT, 7422)
  --ssh-listen ADDRESS   address to listen on for that (POSTERN_SSH_LISTEN, as --listen)
  --ssh-address HOST:PORT
                         where people reach that, if elsewhere (POSTERN_SSH_ADDRESS, the URL's host and that port)
  --listen ADDRESS       address to listen on (POSTERN_LISTEN, 127.0.0.1)
  --data FOLDER          everything that is kept (POSTERN_DATA, ./data)
  --database URL         postgres://… (POSTERN_DATABASE_URL, SQLite in the data folder)
  --database-file FILE   the same, read from a file (POSTERN_DATABASE_URL_FILE)
  --tls-cert, --tls-key  PEM files (POSTERN_TLS_CERT, POSTERN_TLS_KEY)
  --trusted-proxies LIST addresses or ranges whose X-Forwarded-* is believed (POSTERN_TRUSTED_PROXIES)
  --outbound-allow LIST  addresses or ranges inside the house that webhooks and mirrors may reach
                         (POSTERN_OUTBOUND_ALLOW, none)
  --dns-servers LIST     name servers that domains are verified by (POSTERN_DNS_SERVERS, the system's)
  --smtp-url URL         mail server for notices, smtps://user:password@host:465 (POSTERN_SMTP_URL, none)
  --smtp-url-file FILE   the same, read from a file, where it has a password (POSTERN_SMTP_URL_FILE)
  --mail-from ADDRESS    sender of the letters (POSTERN_MAIL_FROM)
  --metadata-url URL     fetch what is known of authenticator models once a day, from FIDO:
                         https://mds3.fidoalliance.org (POSTERN_METADATA_URL, never)
  --metadata-root FILE   who may sign it, in PEM (POSTERN_METADATA_ROOT, FIDO's own)
  --max-file-mb N        largest file in a push (POSTERN_MAX_FILE_MB, 100)
  --max-push-mb N        largest push (POSTERN_MAX_PUSH_MB, 2048)
  --max-lfs-file-mb N    largest file of Git LFS (POSTERN_MAX_LFS_FILE_MB, 5120)
  --max-lfs-repository-mb N
                         all of them in one repository (POSTERN_MAX_LFS_REPOSITORY_MB, 51200)
  --operation-hours N    longest git operation (POSTERN_OPERATION_HOURS, 24)
  --push-wait-seconds N  how long a push waits for its tap (POSTERN_PUSH_WAIT_SECONDS, 120)
  --rate-limit N         sign-in requests a minute from one address (POSTERN_RATE_LIMIT, 3000)
  --metrics-token-file FILE
                         opens /metrics from elsewhere than this machine (POSTERN_METRICS_TOKEN_FILE; for the token
                         itself POSTERN_METRICS_TOKEN or --metrics-token)
  --secret-key-file FILE under which secrets lie in the database (POSTERN_SECRET_KEY_FILE; for the key itself
                         POSTERN_SECRET_KEY or --secret-key; made in the data folder where that has the database)
  --routes FILE          tools behind the proxy, in YAML; followed while running (POSTERN_ROUTES, none)
  --log-level LEVEL      (POSTERN_LOG_LEVEL, warn)
  --demo                 fill in a labelled example organisation that can be removed
`

export async function serve(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(help)
    return 0
  }
  return withOneLine('serve', async () => {
    const config = loadConfig(args, process.env)
    prepareDataFolder(config.dataFolder)
    refuseUnwritable()
    await using opened = new AsyncDisposableStack()
    const unlock = lockDataFolder(config.dataFolder)
    if (unlock === undefined)
      throw new CommandError(
        `another server already uses ${config.dataFolder}. Stop it, or choose another folder with --data.`,
      )
    opened.defer(unlock)
    const postern = await createPostern(config)
    opened.defer(() => postern.close())
    await refuseTakenPort(config)
    if (!(await buildIfStale())) return 1
    opened.defer(await listenForAdmin(config, postern))
    await postern.listen()
    await announce(config, postern)
    if (config.isDemo) {
      const { database, place, now } = postern.ceremonies
      const { fillDemo } = await import('../demo/fill.ts')
      const say = (line: string): void => void process.stdout.write(`${line}\n`)
      await fillDemo({ database, origin: place.origin, address: place.origin, now, say })
    }
    opened.use(collectOnceIdle())
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve)
      process.once('SIGTERM', resolve)
    })
    return 0
  })
}

function prepareDataFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  accessSync(folder, constants.W_OK)
}

// Said before the console is built, which may take a while.
async function refuseTakenPort({ port, sshPort, listen, sshListen }: Config): Promise<void> {
  await tryPort(port, listen)
  if (sshPort !== null)
    await tryPort(sshPort, sshListen).catch((error: Error) => {
      throw Object.assign(error, { isSsh: true })
    })
}

async function tryPort(port: number, listen: string): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(port, listen, resolve))
  await new Promise((resolve) => probe.close(resolve))
}

async function announce(config: Config, postern: Awaited<ReturnType<typeof createPostern>>): Promise<void> {
  const say = (line = ''): void => void process.stdout.write(`${line}\n`)
  say(`Postern ${version} is ready at ${config.url.origin}`)
  const ssh = postern.ssh()
  if (ssh !== null) say(`Git over SSH: ssh://git@${ssh.host}:${ssh.port}, host key ${ssh.fingerprint}`)
  if (!postern.isSetUp) {
    const link = await makeSetupLink(postern.ceremonies.database, config.url.origin, postern.ceremonies.now())
    say()
    say(`  Open this link and tap your key to become the first owner. It works once, until ${clockOf(link.expiresAt)}:`)
    say()
    say(`    ${link.url}`)
  }
  if (looksRemote() && config.rpId === 'localhost') {
    say()
    say('  This looks like a remote machine. Run this on your own computer, then open the link there:')
    say()
    say(`    ssh -L ${config.url.port || '80'}:localhost:${config.port} ${userInfo().username}@${hostname()}`)
  }
  say()
}

const looksRemote = (): boolean => process.env['SSH_CONNECTION'] !== undefined
