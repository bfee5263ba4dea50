import type { Rule } from '../../api/shapes.ts'
import { type Part, partsOf } from './act-parts.ts'
import { networksProblem, pathsProblem } from './field-problems.ts'

/** The rule without what has no effect on its acts, and without empty lists: as it is saved. */
export function tidyRule(rule: Rule): Rule {
  const parts = partsOf(rule.does)
  const { repositories, branches, networks, applications, paths, methods } = rule.where ?? {}
  const where = filled({
    repositories: parts.has('repositories') ? repositories : undefined,
    branches: parts.has('branches') ? branches : undefined,
    networks,
    applications: parts.has('applications') ? applications : undefined,
    paths: parts.has('paths') ? paths : undefined,
    methods: parts.has('methods') ? methods : undefined,
  })
  const { models, strength, ...others } = rule.requires
  const requires = {
    // A passkey is what everybody needs anyway, but over SSH.
    ...filled({ strength: strength === 'passkey' && !rule.does.includes('ssh.use') ? undefined : strength, ...others }),
    ...(models && Object.keys(filled(models)).length ? { models: filled(models) } : {}),
  }
  const { id, title, mode, who, does, enforceFrom, graceDays, permits } = rule
  if (permits)
    return {
      id,
      title: title.trim(),
      mode,
      who,
      does,
      ...(networks?.length ? { where: { networks } } : {}),
      requires: {},
      permits,
    }
  return {
    id,
    title: title.trim(),
    mode,
    who,
    does,
    ...(Object.keys(where).length ? { where } : {}),
    requires: Object.fromEntries(
      Object.entries(requires).filter(([part, value]) =>
        parts.has(part === 'freshnessSeconds' && value === 0 ? 'eachTap' : (part as Part)),
      ),
    ),
    ...(mode === 'enforce' && enforceFrom !== undefined ? { enforceFrom } : {}),
    ...(mode === 'enforce' && graceDays !== undefined && isOnlyGroups(who) ? { graceDays } : {}),
  }
}

/** Only who joins a group has a day from which days can be counted. */
export const isOnlyGroups = (who: readonly string[]): boolean =>
  who.length > 0 && who.every((one) => one.startsWith('group:'))

type Filled<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

const filled = <Fields extends object>(fields: Fields): Filled<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as Filled<Fields>

/** What is missing or wrong before a rule can be reviewed, by the part of the form it belongs to. */
export function ruleGaps(rule: Rule): Partial<Record<'title' | 'who' | 'does' | 'requires' | 'where', string>> {
  const tidy = tidyRule(rule)
  const wrong =
    networksProblem(tidy.requires.networks) ?? pathsProblem(tidy.where?.paths) ?? networksProblem(tidy.where?.networks)
  return {
    ...(tidy.title ? {} : { title: 'Please give it a title' }),
    ...(tidy.who.length ? {} : { who: 'Choose who it is about' }),
    ...(tidy.does.length ? {} : { does: 'Choose at least one act' }),
    ...(Object.keys(tidy.requires).length || tidy.permits || !tidy.does.length
      ? {}
      : { requires: 'Choose what it asks' }),
    ...(wrong === undefined ? {} : { where: wrong }),
  }
}
