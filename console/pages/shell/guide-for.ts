import { paths } from '../../paths.ts'

/** Which guide, and where in it, is about a page of the console; the first that fits. */
export const guidesByPage: [page: RegExp, guide: string][] = [
  [/^\/-\/account\/ssh-keys$/, 'git'],
  [/^\/-\/account\/programs$/, 'git#https-without-a-password'],
  [/^\/-\/account\/tokens$/, 'ci#tokens-that-renew-themselves'],
  [/^\/-\/account\/allowed$/, 'policies'],
  [/^\/-\/account\/notifications$/, 'operate#what-waits-for-a-tap'],
  [/^\/-\/account\/elsewhere$/, 'directory#sign-in-with-your-organisation'],
  [/^\/-\/account(?:\/(?:passkeys|recovery))?$/, 'recovery'],
  [/^\/-\/recoveries/, 'recovery'],
  [/^\/-\/people\/import$/, 'passwords#2-the-list'],
  [/^\/-\/people\/(?!invitations$)/, 'offboarding'],
  [/^\/-\/people/, 'guests'],
  [/^\/-\/groups$/, 'first-merge#7-bring-others-in'],
  [/^\/-\/agents$/, 'agents'],
  [/^\/-\/announcements\//, 'policies#4-give-a-date'],
  [/^\/-\/(?:directory\/domains|claims\/)/, 'directory#domains'],
  [/^\/-\/directory\/sign-in/, 'directory#sign-in-with-your-organisation'],
  [/^\/-\/directory/, 'directory'],
  [/^\/-\/applications\/connectors$/, 'connector'],
  [/^\/-\/applications\/new\/saml$/, 'saml'],
  [/^\/-\/applications\/new\/route$/, 'proxy'],
  [/^\/-\/applications/, 'sign-on'],
  [/^\/-\/guardrails\/models$/, 'operate#models'],
  [/^\/-\/guardrails\/import$/, 'policies#policy-as-code'],
  [/^\/-\/guardrails\/(?:new|rules\/)/, 'policies#rules-of-your-own'],
  [/^\/-\/(?:guardrails|insights)/, 'policies'],
  [/^\/-\/audit(?:\/ledger)?$/, 'verify#the-ledger'],
  [/^\/-\/repositories\/import$|^\/[^/-][^/]*\/[^/]+\/import$/, 'move-here#import'],
  [/^\/-\/(?:projects|repositories)\/new$/, 'first-merge#2-create-a-repository'],
  [/^\/[^/-][^/]*\/[^/]+\/settings\/mirrors/, 'move-here#mirror'],
  [/^\/[^/-][^/]*\/[^/]+\/settings\/deploy-keys/, 'ci#deploy-keys'],
  [/^\/[^/-][^/]*\/[^/]+\/settings\/pipelines/, 'ci#pipelines-without-stored-secrets'],
  [/^\/[^/-][^/]*\/[^/]+\/settings\/webhooks/, 'webhooks'],
  [/^\/[^/-][^/]*\/[^/]+\/settings/, 'review#what-a-branch-asks'],
  [/^\/[^/-][^/]*\/[^/]+\/pull-requests\/\d+\/merge$/, 'verify'],
  [/^\/[^/-][^/]*\/[^/]+\/pull-requests/, 'review'],
  [/^\/[^/-][^/]*\/[^/]+\/(?:tags|compare)/, 'git#tags'],
  [/^\/[^/-][^/]*\/[^/]+\/(?:commits|branches|blame)/, 'verify'],
  [/^\/[^/-][^/]*\/[^/]+$/, 'git'],
]

/** The address of the guide to a page; of the list of all, where none is about it. */
export function guideFor(page: string): string {
  const found = guidesByPage.find(([pattern]) => pattern.test(page))
  return found === undefined ? paths.guides : paths.guide(found[1])
}
