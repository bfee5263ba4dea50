import { IconCloud, IconDeviceLaptop, IconKey } from '@tabler/icons-react'

const icons = { synced: IconCloud, platform: IconDeviceLaptop, 'hardware-key': IconKey }

interface ModelPictureProps {
  /** The address of the model's own picture; null where there is none. */
  source: string | null
  category: keyof typeof icons
  size?: number
}

/** The picture of a model, else of the kind of thing that holds a passkey. Says nothing that no word says. */
export function ModelPicture({ source, category, size = 22 }: ModelPictureProps) {
  const place = { flexShrink: 0, width: size, height: size }
  const Icon = icons[category]
  if (source === null) return <Icon size={size} aria-hidden style={place} />
  // Makers draw for paper: on a dark page a dark picture would not be seen.
  const paper = { objectFit: 'contain', background: '#fff', borderRadius: 4, padding: size > 24 ? 2 : 1 } as const
  return <img src={source} alt="" loading="lazy" style={{ ...place, ...paper }} />
}
