import { ClientError } from './client-error.ts'

export const runAgain = 'Run it again. If it happens again, tell whoever runs the server.'

export const checkAddress = 'Check the address, and ask whoever gave it to you.'

const deadlineMs = 30_000
const mostBytes = 256 * 1024

export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** Asks an instance for a JSON object. It is never sent on to another address. @throws ClientError where none answers */
export async function askServer(url: string, init: Parameters<typeof fetch>[1] = {}): Promise<Answer> {
  const { host } = new URL(url)
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) }).catch(
    (cause: unknown) => {
      throw new ClientError(
        `${host} does not answer: ${reasonOf(cause)}.`,
        'Is the address right, and the network up?',
        { cause },
      )
    },
  )
  const text = await response.text()
  if (text.length > mostBytes) throw new ClientError(`${host} answered with more than it should.`, checkAddress)
  return { status: response.status, body: parseObject(text) }
}

/** Fetch says no more than that it failed; why stands below. */
function reasonOf(error: unknown): string {
  const { cause, name, message } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return 'nothing came within half a minute'
  return cause?.code ?? cause?.message ?? message
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** What a refusal of ours or of OAuth says, for a person. */
export function sayRefusal({ status, body }: Answer): { line: string; help: string } {
  const text = (name: string): string | undefined => (typeof body[name] === 'string' ? body[name] : undefined)
  return {
    line: text('title') ?? text('error_description') ?? text('error') ?? `the answer was ${status}`,
    help: text('help') ?? runAgain,
  }
}
