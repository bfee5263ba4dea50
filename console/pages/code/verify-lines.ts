import type { RepositoryView } from '../../api/shapes.ts'

/** Stock git on one commit, in a clone: fetch who the signers are, then check. A private repository asks for a token. */
export const verifyLines = (repository: Pick<RepositoryView, 'allowedSignersUrl' | 'visibility'>, oid: string): string[] => [
  `curl -fsS ${repository.visibility === 'public' ? '' : '-u git '}-o .git/allowed_signers '${repository.allowedSignersUrl}'`,
  `git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-commit ${oid}`,
]
