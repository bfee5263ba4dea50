// bench/ owns the figures of docs/performance.md: each measured beside a peer on the same machine, in alternating runs.
// It never decides whether a test passes.

import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { authentication } from './authentication.ts'
import { browser } from './browser.ts'
import { diffPage } from './diff-page.ts'
import { endAccess } from './end-access.ts'
import { flood } from './flood.ts'
import { forwardAuth } from './forward-auth.ts'
import { gitHttp } from './git-http.ts'
import { guardrails } from './guardrails.ts'
import { heldPushes } from './held-pushes.ts'
import { large } from './large.ts'
import { describeMachine } from './machine.ts'
import type { Group, Row } from './measure.ts'
import { proxy } from './proxy.ts'
import { pullRequestPage } from './pull-request-page.ts'
import { saml } from './saml.ts'
import { scim } from './scim.ts'
import { signIn } from './sign-in.ts'
import { signOn } from './sign-on.ts'
import { ssh } from './ssh.ts'
import { start } from './start.ts'
import { renderTable, writeBetweenMarkers } from './table.ts'
import { verify } from './verify.ts'

const groups: readonly Group[] = [
  authentication,
  signIn,
  signOn,
  saml,
  flood,
  guardrails,
  verify,
  gitHttp,
  ssh,
  heldPushes,
  endAccess,
  scim,
  large,
  forwardAuth,
  proxy,
  diffPage,
  browser,
  pullRequestPage,
  start,
]

const help = `npm run bench -- [names…] [--rounds N] [--json FILE] [--write]

  --rounds N   alternating runs of each side (5)
  --json FILE  the rows as JSON
  --write      put the table into docs/performance.md

${groups.map(({ name, does }) => `  ${name.padEnd(15)} ${does}`).join('\n')}
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
})
const rounds = Number(values.rounds)
const unknown = positionals.find((name) => !groups.some((group) => group.name === name))
if (values.help === true) process.stdout.write(help)
else if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(
    `${unknown === undefined ? '--rounds takes a whole number' : `There is no group “${unknown}”`}.\n\n${help}`,
  )
  process.exitCode = 2
} else await run()

async function run(): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const rows: Row[] = []
  for (const { name, does, run } of groups) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    say(`${name}: ${does}`)
    try {
      rows.push(...(await run({ rounds, say: (line) => say(`  ${line}`) })))
    } catch (error) {
      // What the others measured is still worth a table.
      say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`)
      process.exitCode = 1
    }
  }
  const chosen = [
    ...positionals,
    ...(values.rounds === '5' ? [] : ['--rounds', values.rounds]),
    ...(values.write ? ['--write'] : []),
  ]
  const command = ['npm run bench', ...(chosen.length > 0 ? ['--', ...chosen] : [])].join(' ')
  const date = new Date().toISOString().slice(0, 10)
  const machine = describeMachine()
  const text = `Made by \`${command}\` on ${date}: ${machine}; medians of ${rounds} alternating runs.\n\n${renderTable(rows)}`
  process.stdout.write(`${text}\n`)
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ command, date, machine, rounds, rows }, null, 2)}\n`)
  if (values.write) await writeBetweenMarkers(fileURLToPath(new URL('../docs/performance.md', import.meta.url)), text)
}
