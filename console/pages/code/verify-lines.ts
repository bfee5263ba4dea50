/** Stock git on one commit, in a clone: bring the signers along, then check. Git asks for a token where it always does. */
export const verifyLines = (oid: string): string[] => [
  "git fetch origin '+refs/postern/*:refs/postern/*'",
  'git show refs/postern/signers:allowed_signers > .git/allowed_signers',
  `git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-commit ${oid}`,
]
