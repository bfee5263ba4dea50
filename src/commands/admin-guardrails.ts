import { askOrOpen } from './admin-ask.ts'
import { readArgs } from './admin-place.ts'
import { CommandError } from './say.ts'

/** `postern admin guardrails …`: the way back in where guardrails keep every administrator out. */
export async function adminGuardrails([command, ...args]: string[]): Promise<number> {
  if (command !== 'show' && command !== 'off')
    throw new CommandError('say what to do: guardrails show, or guardrails off [--rule ID].')
  const { flags, config } = readArgs(args, { rule: { type: 'string' } })
  const rule = typeof flags['rule'] === 'string' ? { rule: flags['rule'] } : {}
  const shown = await askOrOpen(
    config,
    command === 'show' ? { command: 'guardrails-show' } : { command: 'guardrails-off', ...rule },
  )
  const lines = shown.rules.map(({ id, title, mode }) => `${words[mode].padEnd(12)}${id}: ${title}\n`)
  process.stdout.write(
    flags['json'] === true
      ? `${JSON.stringify(shown)}\n`
      : `Guardrails, version ${shown.version}:\n${lines.join('') || 'none but the floor: a passkey for everybody.\n'}`,
  )
  return 0
}

const words = { enforce: 'on', report: 'reporting', off: 'off' }
