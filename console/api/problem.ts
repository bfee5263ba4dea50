import type { Problem } from './shapes.ts'

/** A refusal of the server, or of the way to it, in the words a person reads. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options)
    this.name = 'ProblemError'
    this.problem = problem
  }

  get code(): string {
    return this.problem.code
  }
}

/** @param help what the person can do next: no refusal goes without */
export const makeProblem = (
  code: string,
  title: string,
  help: string,
  { status = 0, detail }: { status?: number; detail?: string } = {},
): Problem => ({
  type: 'about:blank',
  title,
  status,
  code,
  help,
  ...(detail ? { detail } : {}),
})

/** Reads the refusal out of an answer; an answer without a problem (a proxy's page) becomes a plain sentence. */
export async function readProblem(response: Response): Promise<Problem> {
  const isProblem = response.headers.get('content-type')?.includes('application/problem+json')
  if (isProblem) return (await response.json()) as Problem
  return makeProblem(
    'unexpected-answer',
    `The server answered ${response.status} without saying why`,
    'Try again in a moment. If it stays so, tell whoever runs this server: its log has the reason.',
    { status: response.status },
  )
}

export const notSignedIn = () =>
  new ProblemError(makeProblem('sign-in-required', 'You are not signed in', 'Sign in, and try again.', { status: 401 }))

export const unreachable = (cause: unknown) =>
  new ProblemError(
    makeProblem(
      'unreachable',
      'The server cannot be reached',
      'Nothing was changed. Check your connection, then try again.',
    ),
    { cause },
  )

export const hasCode = (error: unknown, ...codes: string[]): error is ProblemError =>
  error instanceof ProblemError && codes.includes(error.code)

/** Messages per field of an `invalid-input` refusal. */
export const fieldProblems = (error: unknown): Record<string, string> =>
  error instanceof ProblemError ? (error.problem.fields ?? {}) : {}
