import { dayOf } from '../attestation/import-metadata.ts'
import type { GuardrailsShown } from '../guardrails/operator.ts'
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
  const lines = shown.rules.map((rule) => `${stateOf(rule).padEnd(16)}${rule.id}: ${rule.title}\n`)
  process.stdout.write(
    flags['json'] === true
      ? `${JSON.stringify(shown)}\n`
      : `Guardrails, version ${shown.version}:\n${lines.join('') || 'none but the floor: a passkey for everybody.\n'}`,
  )
  return 0
}

function stateOf({ mode, enforceFrom }: GuardrailsShown['rules'][number]): string {
  if (mode === 'off') return 'off'
  if (mode === 'report') return 'reporting'
  return enforceFrom !== null && enforceFrom > Date.now() ? `from ${dayOf(enforceFrom)}` : 'on'
}
