/** What owners can set for the organisation, in words, for the record and for the pages where it is set. */
export const settingWords = {
  guestDays: 'Days until a guest’s access ends by itself',
  certificateHours: 'Hours for which an SSH certificate lasts at most',
  recoveryDelayHours: 'Hours in which somebody can object to a recovery',
  selfRegistration: 'Anybody with a verified address may register themselves',
  refuseCopiedPasskeys: 'Refuse a passkey that counts backwards',
  deployKeyDays: 'Days until a deploy key ends by itself, at most',
  keepDays: 'Days in which somebody has to keep what a person who left has looked after',
  domainGraceDays: 'Days in which a person can object to being managed by a domain',
} as const

/** Of a setting that is no more its name is left, as the leaf has it. */
export const wordsOfSetting = (name: string): string =>
  `“${Object.hasOwn(settingWords, name) ? settingWords[name as keyof typeof settingWords] : name}”`
