import { paths } from '../../paths.ts'
import { PathFrame } from './path-frame.tsx'
import { TreeBody } from './tree-body.tsx'

export const TreePage = () => (
  <PathFrame titleOf={(path) => path || 'Files'} pathOf={paths.tree}>
    {(at) => <TreeBody {...at} />}
  </PathFrame>
)
