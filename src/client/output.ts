import { ClientError } from './client-error.ts'

/** Where a command speaks to: what it makes goes to `out`, what it says to a person to `err`. */
export interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

export const standard: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}

/** Text of a server or a file on one line, in which nothing can move the cursor, hide or reverse what stands beside it. */
export const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .trim()
    .slice(0, 500)

/** Runs a command, and says in a line why it ended where it did not do what it is for. Returns its exit code. */
export async function orOneLine(name: string, output: Output, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const { message } = error as Error
    output.err(`postern ${name}: ${plainLine(message)}\n`)
    const help = nextOf(name, error)
    if (help !== undefined) output.err(`${plainLine(help)}\n`)
    return 1
  }
}

/** Undefined for what nobody foresaw. */
function nextOf(name: string, error: unknown): string | undefined {
  if (error instanceof ClientError) return error.help
  const isMistyped = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  return isMistyped ? `See postern ${name} --help.` : undefined
}
