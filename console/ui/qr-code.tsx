import { encode } from 'uqr'
import { useMemo } from 'react'

interface QrCodeProps {
  text: string
  /** What it leads to, for those who cannot see it. */
  label: string
  size?: number
}

/** Dark on light in both schemes, with the quiet zone that cameras need (ISO/IEC 18004: four modules). */
export function QrCode({ text, label, size = 220 }: QrCodeProps) {
  const code = useMemo(() => encode(text, { ecc: 'M', border: 4 }), [text])
  const squares = useMemo(
    () => code.data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join(''),
    [code],
  )
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${code.size} ${code.size}`}
      width={size}
      height={size}
      shapeRendering="crispEdges"
      style={{ borderRadius: 'var(--mantine-radius-md)', maxWidth: '100%' }}
    >
      <rect width={code.size} height={code.size} fill="#fff" />
      <path d={squares} fill="#000" />
    </svg>
  )
}
