/** What acts are about, in the order in which one would look for them. The first that fits an act has it. */
const topics: [title: string, fits: RegExp][] = [
  ['Signing in', /^(sign-in|session|registration|token\.use|ssh\.use)$/],
  ['Git and merging', /^(push|tag|merge|approve|bypass|confirm|protect)$/],
  ['Your account', /^(credential\.(add|rename|remove)|token|ssh-key|oauth|certificate|identity|recovery|me)(\.|$)/],
  ['Projects and repositories', /^(project|repository|branch|member|mirror|webhook|workload|deploy-key)\./],
  ['People, groups and agents', /^(credential\.endorse$|person\.|guest\.|agent\.|group\.)/],
  ['Applications', /^(application|connector)\./],
  ['The organisation', /./],
]

/** The acts of each topic, in their own order; topics without any are left out. */
export function byTopic<Act extends { act: string }>(acts: readonly Act[]): { title: string; acts: Act[] }[] {
  const groups = Map.groupBy(acts, ({ act }) => topics.findIndex(([, fits]) => fits.test(act)))
  return topics.flatMap(([title], index) => {
    const ofTopic = groups.get(index)
    return ofTopic ? [{ title, acts: ofTopic }] : []
  })
}
