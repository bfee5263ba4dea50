import { Box, Paper } from '@mantine/core'
import { Children, type ReactNode } from 'react'

/** Rows of one kind in one frame, read as a list. */
export const RowList = ({ label, children }: { label: string; children: ReactNode }) => (
  <Paper withBorder component="ul" aria-label={label} m={0} p={0} style={{ listStyle: 'none', overflow: 'hidden' }}>
    {Children.map(children, (row, index) => (
      <Box
        component="li"
        px="md"
        py="sm"
        style={index ? { borderTop: '1px solid var(--mantine-color-default-border)' } : {}}
      >
        {row}
      </Box>
    ))}
  </Paper>
)
