import type { Rule } from './rule.ts'

/** A guardrail that is one click away. The rule it makes is like any other: it can be edited, exported, switched off. */
export interface CatalogueEntry {
  title: string
  why: string
  rule: Rule
}

const administrators = ['role:owner', 'role:admin']

/**
 * The guardrails that ship. A passkey for everybody is the floor and needs no rule; rules about rooms that do not
 * exist yet are not here.
 */
export const catalogue: readonly CatalogueEntry[] = [
  entry('Administrators sign in with a verified hardware key', {
    why: 'Everybody signs in with a passkey, which cannot be phished. This asks owners and administrators for a hardware key whose maker’s attestation was checked.',
    id: 'admin-sign-in',
    who: administrators,
    does: ['sign-in'],
    requires: { strength: 'attested' },
  }),
  entry('A device-bound key for every admin merge', {
    why: 'A merge by an administrator of the organisation or of the repository takes a key that cannot be copied.',
    id: 'admin-merge',
    who: [...administrators, 'repository-role:admin'],
    does: ['merge'],
    requires: { strength: 'device-bound' },
  }),
  entry('A device-bound key to merge past a branch’s rule', {
    why: 'Whoever a branch’s rule lets merge past it has an administrator’s power for that moment. It takes a key that cannot be copied.',
    id: 'bypass-key',
    who: ['everyone'],
    does: ['bypass'],
    requires: { strength: 'device-bound' },
  }),
  entry('Tap to push to protected branches', {
    why: 'A push to main or to a release waits in the terminal until its person taps for exactly these commits. A branch that is closed to pushes stays closed: its own rule opens it.',
    id: 'tap-to-push',
    who: ['everyone'],
    does: ['push'],
    where: { branches: ['main', 'release/*'] },
    requires: { freshnessSeconds: 0 },
  }),
  entry('A tap for every tag', {
    why: 'Releases are built from tags. Each is made on the repository’s page of tags, by a tap that signs the tag itself; git brings none.',
    id: 'tap-to-tag',
    who: ['everyone'],
    does: ['tag'],
    requires: { freshnessSeconds: 0 },
  }),
  entry('No synced passkeys for guests', {
    why: 'Guests come from elsewhere: a passkey that syncs into an account you know nothing of does not let them in.',
    id: 'guest-keys',
    who: ['guests'],
    does: ['registration', 'sign-in'],
    requires: { models: { deny: ['synced'] } },
  }),
  entry('Two people for a guardrail change', {
    why: 'No single administrator can loosen the rules: a second one must tap as well.',
    id: 'two-people',
    who: ['everyone'],
    does: ['guardrail.change'],
    requires: { people: 2 },
  }),
  entry('API tokens live 90 days at most', {
    why: 'A token that leaked and was forgotten stops working by itself.',
    id: 'token-lifetime',
    who: ['everyone'],
    does: ['token.create', 'token.use'],
    requires: { tokenLifetimeDays: 90 },
  }),
  entry('API tokens of guests live a week at most', {
    why: 'A guest’s programs run on machines you do not look after. Their tokens live 30 days at most in any case, and none outlives its guest; this asks for a new one each week.',
    id: 'guest-tokens',
    who: ['guests'],
    does: ['token.create', 'token.use'],
    requires: { tokenLifetimeDays: 7 },
  }),
  entry('Known networks for administrators', {
    why: 'Owners and administrators are let in only from the networks you name.',
    id: 'admin-networks',
    who: administrators,
    does: ['*'],
    // The private ranges, RFC 1918 and RFC 4193, and this machine: to be replaced by your own.
    requires: { networks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '127.0.0.0/8', '::1'] },
  }),
  entry('Sessions end after a working day', {
    why: 'A browser left open is signed out after an hour without use, and after twelve hours in any case. What has begun is finished.',
    id: 'session-limits',
    who: ['everyone'],
    does: ['session'],
    requires: { sessionIdleSeconds: 3600, sessionAbsoluteSeconds: 12 * 3600 },
  }),
  entry('Only hardware keys', {
    why: 'Passkeys that sync between devices, and those of a phone or laptop itself, are not taken, at registration and at each sign-in.',
    id: 'hardware-keys',
    who: ['everyone'],
    does: ['registration', 'sign-in'],
    requires: { models: { allow: ['hardware-key'] } },
  }),
  entry('Only hardware keys over SSH', {
    why: 'A key that lies in a file can be copied, and nobody notices. This lets people in over SSH only with a security key that they touch. Deploy keys go on: they belong to a repository, and nobody is there to touch one.',
    id: 'ssh-hardware-keys',
    who: ['everyone'],
    does: ['ssh.use'],
    requires: { models: { allow: ['hardware-key'] } },
  }),
  entry('A hardware key for every tool', {
    why: 'Tools behind Postern often hold more than they show: logs, dashboards, databases. This asks for a hardware key whose maker’s attestation was checked. Name single tools or parts of them where all is too much.',
    id: 'tools-hardware-key',
    who: ['everyone'],
    does: ['application.use'],
    requires: { strength: 'attested' },
  }),
  entry('A PIN with each SSH key', {
    why: 'A security key that somebody finds still works when it is touched. This asks for its PIN too, each time somebody comes in over SSH. Deploy keys go on as they are.',
    id: 'ssh-pin',
    who: ['everyone'],
    does: ['ssh.use'],
    requires: { strength: 'passkey' },
  }),
]

/** With what is only for a while: its end lies ahead of now, and its group is for whoever switches it on to name. */
export const catalogueAt = (at: number): readonly CatalogueEntry[] => [...catalogue, movingIn(at)]

const movingInDays = 60
const dayMs = 86_400_000

const movingIn = (at: number): CatalogueEntry =>
  entry('Let a group sign in with passwords while it moves', {
    why: 'People you import with their old passwords get in with them until a day you choose, and are asked for a passkey each time. Whatever takes a tap still takes one, and owners, administrators and guests always need a passkey. It is about a group called moving-in: make one, or name yours.',
    id: 'moving-in',
    who: ['group:moving-in'],
    does: ['sign-in'],
    requires: {},
    permits: { signIn: 'mfa', until: (Math.floor(at / dayMs) + movingInDays) * dayMs },
  })

function entry(
  title: string,
  { why, ...rule }: Pick<Rule, 'id' | 'who' | 'does' | 'where' | 'requires' | 'permits'> & { why: string },
): CatalogueEntry {
  return { title, why, rule: { title, mode: 'enforce', ...rule } }
}
