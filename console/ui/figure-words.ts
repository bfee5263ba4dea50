/** A part of a whole in per cent. Only all of it is 100%, only nothing is 0%. */
export function percentWords(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%'
  if (part === whole) return '100%'
  const percent = Math.round((100 * part) / whole)
  return percent === 0 ? '<1%' : percent === 100 ? '>99%' : `${percent}%`
}

/** "0.8 s", "12 s", "3 min 5 s"; a number stays with its unit. */
export function secondsWords(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}\u00a0s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}\u00a0s`
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)}\u00a0min${rest === 0 ? '' : ` ${rest}\u00a0s`}`
}
