import { SegmentedControl } from '@mantine/core'
import type { WorkloadShape } from '../../api/shapes.ts'
import { presets, shapes } from './presets.ts'

interface ShapeChoiceProps {
  value: WorkloadShape
  onChange: (shape: WorkloadShape) => void
}

/** Where the pipeline runs: side by side, or below each other on a phone. */
export const ShapeChoice = ({ value, onChange }: ShapeChoiceProps) => {
  const common = {
    'aria-label': 'Where it runs',
    data: shapes.map((shape) => ({ value: shape, label: presets[shape].label })),
    value,
    onChange: (chosen: string) => onChange(chosen as WorkloadShape),
    fullWidth: true,
  }
  return (
    <>
      <SegmentedControl {...common} visibleFrom="sm" />
      <SegmentedControl {...common} orientation="vertical" hiddenFrom="sm" />
    </>
  )
}
