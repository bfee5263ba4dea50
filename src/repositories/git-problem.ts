import { ProblemError } from '../http/problem.ts'
import { GitError, type GitErrorCode } from './git-error.ts'

export const inAMoment = 'Nothing is lost: try again in a moment.'

const problems: Partial<Record<GitErrorCode, { status: number; help: string }>> = {
  'git-timeout': { status: 503, help: 'Clone the repository and do this with git on your own machine.' },
  'git-memory': { status: 503, help: 'Clone the repository and do this with git on your own machine.' },
  'git-output-too-large': { status: 413, help: 'Clone the repository and look at it with git on your own machine.' },
  'object-too-large': { status: 413, help: 'Clone the repository and look at it with git on your own machine.' },
  'git-busy': { status: 503, help: inAMoment },
  'git-closed': { status: 503, help: inAMoment },
}

/** Runs work that reads a repository and turns the limits of git into problems; other failures stay what they are. */
export async function withGitProblems<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const known = error instanceof GitError ? problems[error.code] : undefined
    if (known === undefined || !(error instanceof GitError)) throw error
    throw new ProblemError(known.status, error.code, error.message, { help: known.help, cause: error })
  }
}
