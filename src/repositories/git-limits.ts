import { totalmem } from 'node:os'

export type GitLimits = {
  /** The largest pack one push may send. */
  pushBytes: number
  /** The longest a streamed operation may last. */
  operationMs: number
  /** Short runs at once; more wait, each for their own share of them. */
  runs: number
  /** Streamed operations at once; more are refused with `git-busy`. */
  streams: number
  /** What all git that runs may have of the memory together: it is the one that has most of it that is ended for more. */
  memoryBytes: number
}
/** Of the machine, or of what the service was given of it; the rest is the server's own. */
const machineBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity)
export const defaultGitLimits: GitLimits = {
  pushBytes: 2 * 1024 ** 3,
  operationMs: 24 * 3600_000,
  runs: 16,
  streams: 256,
  memoryBytes: Math.floor((machineBytes * 2) / 3),
}
