import { kindWords, strengthWords } from '../../policy/words.ts'
import type { RouteRule } from '../route-settings.ts'

/** “DELETE on /admin*, from 192.0.2.0/24: only operations, with a hardware key of a verified model.” */
export function ruleSentence({ paths, methods, networks, groups, requires = {} }: RouteRule): string {
  const where = [
    `${methods === undefined ? 'Everything' : inWords(methods, 'or')} ${paths === undefined ? 'there' : `on ${inWords(paths, 'or')}`}`,
    ...(networks === undefined ? [] : [`from ${inWords(networks, 'or')}`]),
  ].join(', ')
  const asks = [
    ...(groups === undefined ? [] : [`only ${inWords(groups, 'and')}`]),
    ...(requires.strength === undefined ? [] : [`with ${strengthWords[requires.strength]}`]),
    ...(requires.models === undefined ? [] : [`with ${kindWords(requires.models)}`]),
    ...(requires.freshnessSeconds === undefined ? [] : [`after a tap within ${spanWords(requires.freshnessSeconds)}`]),
    ...(requires.networks === undefined ? [] : [`only from ${inWords(requires.networks, 'or')}`]),
  ]
  return `${where}: ${asks.join(', ')}.`
}

function inWords(list: readonly string[], word: 'and' | 'or'): string {
  const last = list.at(-1) ?? ''
  return list.length < 2 ? last : `${list.slice(0, -1).join(', ')} ${word} ${last}`
}

function spanWords(seconds: number): string {
  const [many, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3600 === 0
        ? [seconds / 3600, 'hour']
        : [Math.round(seconds / 60), 'minute']
  return many === 1 ? `the last ${unit}` : `the last ${many} ${unit}s`
}
