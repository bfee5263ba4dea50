import type { RepositoryView } from '../../api/shapes.ts'
import { EmptyRepository } from './empty-repository.tsx'
import { SectionTitle } from './repository-frame.tsx'

/** A page of an empty repository other than its first: what would be here, and the push that brings it. */
export const EmptySection = ({ title, repository }: { title: string; repository: RepositoryView }) => (
  <>
    <SectionTitle>{title}</SectionTitle>
    <EmptyRepository repository={repository} />
  </>
)
