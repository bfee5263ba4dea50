/** The command line: one line per command; each is loaded only when it is asked for. */
const commands: Record<string, { does: string; run: (args: string[]) => Promise<number> }> = {
  serve: { does: 'start the server', run: async (args) => (await import('./commands/serve.ts')).serve(args) },
  verify: {
    does: 'check who approved each change of a protected branch',
    run: async (args) => (await import('./verifier/main.ts')).main(args),
  },
  ledger: {
    does: 'check an export of the ledger, or watch a server’s: whether anything in it was changed or left out',
    run: async (args) => (await import('./verifier/ledger/main.ts')).main(args),
  },
  witness: {
    does: 'cosign the ledgers of others, so that nobody is shown another one than everybody',
    run: async (args) => (await import('./verifier/witness/main.ts')).main(args),
  },
  login: {
    does: 'get an SSH certificate for some hours, with a tap',
    run: async (args) => (await import('./client/login.ts')).login(args),
  },
  logout: {
    does: 'end what login began',
    run: async (args) => (await import('./client/logout.ts')).logout(args),
  },
  'git-credential': {
    does: 'sign git in over HTTPS: git asks it',
    run: async (args) => (await import('./client/git-credential.ts')).gitCredential(args),
  },
  connector: {
    does: 'carry routes of a server into this network',
    run: async (args) => (await import('./client/connector/connector.ts')).connector(args),
  },
  admin: {
    does: 'setup-link, end-access, rehome, metadata, guardrails, routes, ssh-host-key: for an operator on the machine itself',
    run: async (args) => (await import('./commands/admin.ts')).admin(args),
  },
  build: { does: 'build the console', run: async (args) => (await import('./commands/build.ts')).build(args) },
  walk: {
    does: 'walk through the product on a throw-away server',
    run: async (args) => (await import('./commands/walk.ts')).walk(args),
  },
}

const [name = 'help', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command === undefined) {
  const list = Object.entries(commands).map(([each, { does }]) => `  postern ${each.padEnd(14)} ${does}`)
  const isHelp = ['help', '--help', '-h'].includes(name)
  const intro = isHelp ? 'Postern: every act that matters, proven by a tap.' : `There is no command “${name}”.`
  process[isHelp ? 'stdout' : 'stderr'].write(`${intro}\n\n${list.join('\n')}\n\nEach takes --help.\n`)
  process.exitCode = isHelp ? 0 : 2
} else {
  process.exitCode = await command.run(args)
}
