import type { ContainerFiles } from '../container-files.ts'
export const openContainerFiles = (_deps: unknown, _id: string, _o: unknown): ContainerFiles => { throw new Error('not yet') }
