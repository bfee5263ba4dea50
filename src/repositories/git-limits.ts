export type GitLimits = {
  /** The largest pack one push may send. */
  pushBytes: number
  /** The longest a streamed operation may last. */
  operationMs: number
  /** Short runs at once; more wait, each for their own share of them. */
  runs: number
  /** Streamed operations at once; more are refused with `git-busy`. */
  streams: number
}
export const defaultGitLimits: GitLimits = {
  pushBytes: 2 * 1024 ** 3,
  operationMs: 24 * 3600_000,
  runs: 16,
  streams: 256,
}
