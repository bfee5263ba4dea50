/**
 * The highest version a client offers in `Git-Protocol` (HTTP) or `GIT_PROTOCOL` (SSH): gitprotocol-v2, "Initial Client
 * Request". Other keys and unknown versions are ignored, so that nothing of the caller's text reaches an environment.
 */
export function parseGitProtocol(header: string | undefined): 0 | 1 | 2 {
  const offered = new Set((header ?? '').slice(0, 200).split(':'))
  return offered.has('version=2') ? 2 : offered.has('version=1') ? 1 : 0
}
