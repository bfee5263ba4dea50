import type { CredentialView } from '../../api/shapes.ts'
import { downloads } from '../../paths.ts'
import { ModelPicture } from '../../ui/model-picture.tsx'

/** The picture of a verified model, else of the kind of thing that holds the passkey. */
export const PasskeyPicture = ({ credential: { hasIcon, aaguid, category } }: { credential: CredentialView }) => (
  <ModelPicture source={hasIcon && aaguid !== null ? downloads.modelPicture(aaguid) : null} category={category} />
)
