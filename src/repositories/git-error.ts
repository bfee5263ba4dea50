export type GitErrorCode =
  | 'git-missing'
  | 'git-too-old'
  | 'git-failed'
  | 'git-killed'
  | 'git-timeout'
  | 'git-aborted'
  | 'git-output-too-large'
  | 'git-memory'
  | 'git-busy'
  | 'git-closed'
  | 'git-hook-missing'
  | 'object-name-refused'
  | 'object-too-large'

const sentences: Record<GitErrorCode, string> = {
  'git-missing': 'git was not found: install git 2.38 or newer and put it in PATH.',
  'git-too-old': 'This git is too old: git 2.38 or newer is needed.',
  'git-failed': 'git could not do this.',
  'git-killed': 'git ended before it was done.',
  'git-timeout': 'git took longer than this operation may take.',
  'git-aborted': 'The operation was cancelled.',
  'git-output-too-large': 'git answered with more than this operation may carry.',
  'git-memory': 'git needed more memory than there is for it here.',
  'git-busy': 'Too many git operations are running at once.',
  'git-closed': 'The server is shutting down.',
  'git-hook-missing': 'Pushes are refused because the hook that checks them cannot be run.',
  'object-name-refused': 'This is not a name of a git object.',
  'object-too-large': 'This object is larger than may be read at once.',
}

/** `message` is the public sentence; `detail` (git's stderr, a path) is for the log only; `exitCode` where git exited. */
export class GitError extends Error {
  readonly code: GitErrorCode
  readonly detail: string
  readonly exitCode: number | undefined

  constructor(code: GitErrorCode, options: { detail?: string; exitCode?: number | undefined; cause?: unknown } = {}) {
    super(sentences[code], { cause: options.cause })
    this.name = 'GitError'
    this.code = code
    this.detail = options.detail ?? ''
    this.exitCode = options.exitCode
  }
}
