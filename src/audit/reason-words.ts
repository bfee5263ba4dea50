/** The kinds of event whose `reason` may be a code; in all others somebody wrote it, for people. */
type Coded = 'session.refused' | 'merge.refused'

const ofSignIn = {
  // A passkey that answered, and was not let in.
  'passkey-suspended': 'the account is being recovered, and until that is over its former passkeys wait',
  'access-over': 'the access of whoever the passkey belongs to has ended',
  'counter-regressed': 'the signature counter of the passkey went backwards, so it may have been copied',
  'password-over': 'the passkey came with a password that no longer signs anybody in',

  // What was wrong with its answer.
  malformed: 'the answer of the passkey could not be read',
  'type-mismatch': 'the passkey answered another kind of question',
  'challenge-mismatch': 'the passkey answered another question than the one it was asked',
  'origin-mismatch': 'the passkey answered at another address',
  'cross-origin': 'the passkey answered in a page inside another page',
  'rp-id-mismatch': 'the passkey answered for another site',
  'user-not-present': 'nobody touched the key',
  'user-not-verified': 'the key did not check who held it',
  'backup-flags-invalid': 'what the passkey says of its own copies cannot be',
  'backup-eligibility-changed': 'the passkey says otherwise than before whether it can be copied',
  'credential-mismatch': 'another passkey answered than the one that was named',
  'credential-id-too-long': 'the id of the passkey is too long',
  'user-handle-missing': 'the passkey did not say whose it is',
  'user-handle-mismatch': 'the passkey says that it is somebody else’s',
  'public-key-invalid': 'the public key of the passkey cannot be read',
  'algorithm-not-allowed': 'the passkey signs in a way that is not taken here',
  'signature-invalid': 'the signature of the passkey is wrong',
  'attestation-unsupported': 'the passkey proves its model in a way that is not known here',
  'attestation-invalid': 'the proof of the passkey’s model is wrong',

  // Somebody who came from another place to sign in.
  'denied-there': 'the other place, or the person there, said no',
  'not-finished': 'it took too long, was answered before, or was begun in another browser',
  'provider-gone': 'that place is no longer set up here',
  'provider-unreachable': 'the other place cannot be reached from here',
  'provider-mistrusted': 'what the other place sent could not be trusted',
  'not-known': 'nobody here is joined with that account',
  'address-unverified': 'the other place does not say that the address is verified',
  'domain-not-verified': 'the address is at no verified domain of the organisation',
  'account-exists': 'somebody here has the address, and manages their account themselves',
  'address-taken': 'whoever has the address here is joined with another account there',
  'required-group': 'the account is not in the group that is required',
  'groups-unknown': 'the other place did not say which groups the account is in, and one is required',
  'link-ended': 'the account was joined with somebody here, and no longer is',
  'already-joined': 'the account is joined with somebody here',
  'refused-here': 'a guardrail does not allow it',
  'access-ended': 'the access of whoever the account is joined with has ended',
}

/** A merge that was tapped for, and did not land. */
const ofMerge = {
  'access-ended': 'the access of whoever asked has ended',
  'role-changed': 'the role of whoever asked has changed',
  'not-allowed': 'the rules do not allow it',
  'not-found': 'it no longer exists, or whoever asked may no longer see it',
  'invalid-input': 'what was asked for cannot be',
  internal: 'something went wrong on the server, whose log says what',
  'already-merged': 'it was merged already',
  closed: 'it is closed',
  draft: 'it is a draft, or became one after it was laid down for the tap',
  'not-ready': 'something that the branch’s rule asks for is missing',
  'head-moved': 'new commits were pushed after the tap',
  'base-moved': 'the target branch moved after the tap',
  'ref-moved': 'the branch moved at the same moment',
  'result-changed': 'merging gives another result than the one that was tapped for',
  'policy-changed': 'the guardrails changed after the tap',
  'rule-met': 'there was no rule left to go past',
  'source-missing': 'the branch that was to be merged is gone',
  'target-missing': 'the branch to merge into is gone',
  'branch-held': 'somebody else was about to tap for the same branch',
  'method-refused': 'the branch takes no merge of this kind',
  conflicts: 'the two branches change the same lines',
  unrelated: 'the two branches have no commit in common',
  'nothing-to-merge': 'there was nothing left to merge',
  'not-fast-forward': 'the target branch has commits that the other lacks',
  'not-straight': 'the branch has merges of its own',
  'has-merges': 'the branch has merges of its own',
  'cannot-replay': 'one of its commits cannot be written anew',
  'too-many-commits': 'it has too many commits',
  'unsigned-commits': 'it has commits without a signature that the branch asks for',
  'not-as-read': 'it is not what its reviewers read',
  'not-provable': 'the tap would not prove it to whoever checks',
  'not-stock-verifiable': 'stock git could not check this key, and the branch takes only those that it can',
  'seal-spent': 'the tap was used already, or was somebody else’s',
  'seal-mismatch': 'the tap was for something else',
  'seal-expired': 'the tap was too old',
  'credential-ended': 'the passkey that tapped was removed meanwhile',
  'already-sealed': 'it was tapped for already',
  'not-open': 'it no longer waited for a tap',
  'push-over': 'the push had stopped waiting',
  'too-many-requests': 'too much waited for a tap already',
  refused: 'whoever was asked for the tap said no',
  withdrawn: 'it was no longer asked for',
}

/**
 * What the codes mean, each as the end of its event's sentence. The leaf keeps the code, and so does every export; what
 * is no code stands there as it was written.
 */
export const reasonWords: Readonly<Record<Coded, Readonly<Record<string, string>>>> = {
  'session.refused': ofSignIn,
  'merge.refused': ofMerge,
}

/** @param rule which decided, where a decision stands in the leaf beside the reason */
export function wordsOfReason(action: string, reason: string, rule?: string): string {
  if (!Object.hasOwn(reasonWords, action)) return reason
  if (reason === rule)
    return reason.startsWith('floor:') ? 'Postern’s own rules forbid it' : `the guardrail “${reason}” forbids it`
  const words = reasonWords[action as Coded]
  return Object.hasOwn(words, reason) ? (words[reason] ?? reason) : reason
}
