import { paths } from '../../paths.ts'
import { AddFile } from './add-file.tsx'
import { PathFrame } from './path-frame.tsx'
import { TreeBody } from './tree-body.tsx'

export const TreePage = () => (
  <PathFrame titleOf={(path) => path || 'Files'} pathOf={paths.tree} acts={(at) => <AddFile {...at} />}>
    {(at) => <TreeBody {...at} />}
  </PathFrame>
)
