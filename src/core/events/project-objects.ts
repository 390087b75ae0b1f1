/** What the engine has for a project beside its containers, and who uses it. */
export type ProjectObjects = {
  readonly volumes: readonly ListedVolume[]
  readonly networks: readonly ListedNetwork[]
  readonly images: readonly ListedImage[]
  /** The sizes of volumes take the engine longer: they are told when they are known. */
  readonly isMeasuring: boolean
}

/** A container that uses something. */
export type ObjectUser = {
  /** Its service; of another project or of none, the name of the container. */
  readonly name: string
  readonly container: string
  /** Where in it a volume is. */
  readonly at?: string
}

export type ListedVolume = {
  readonly name: string
  readonly driver: string
  readonly mountpoint?: string
  /** The project did not make it. */
  readonly isExternal: boolean
  readonly isAnonymous: boolean
  /** Absent: not known, or not yet. */
  readonly bytes?: number
  readonly users: readonly ObjectUser[]
}

export type ListedNetwork = {
  readonly id: string
  readonly name: string
  readonly driver: string
  readonly isExternal: boolean
  readonly users: readonly ObjectUser[]
}

export type ListedImage = {
  /** As who uses it calls it; of one that nobody uses its tag, or its id. */
  readonly reference: string
  /** Absent: the engine does not have it. */
  readonly id?: string
  readonly bytes?: number
  /** Milliseconds since the epoch. */
  readonly createdAt?: number
  readonly users: readonly ObjectUser[]
}

/** What was measured before holds until it is measured again. */
export const withKnownSizes = (objects: ProjectObjects, before: ProjectObjects | undefined): ProjectObjects => {
  if (!objects.isMeasuring || before === undefined) return objects
  const known = new Map(before.volumes.map(({ name, bytes }) => [name, bytes]))
  return {
    ...objects,
    volumes: objects.volumes.map((one) => {
      const bytes = known.get(one.name)
      return bytes === undefined ? one : { ...one, bytes }
    }),
  }
}
