import { SettingNumber } from '../../forms/setting-number.tsx'

/** What owners set about those whom the list shows, also while there is nobody in it. */
export function PeopleSetting({ filter }: { filter: string }) {
  if (filter === 'guests')
    return (
      <SettingNumber
        key={filter}
        name="guestDays"
        label="Days until a guest’s access ends by itself"
        description="For guests who are invited or extended from now on."
        min={1}
        max={730}
      />
    )
  if (filter === 'ended')
    return (
      <SettingNumber
        key={filter}
        name="keepDays"
        label="Days to keep what somebody looked after who has left"
        description="Webhooks, mirrors, deploy keys and pipelines that nobody keeps by then are switched off."
        min={1}
        max={30}
      />
    )
  return null
}
