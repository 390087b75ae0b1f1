import { mapAt, type MapNode, type SourceText } from './node.ts'

const nowhere: SourceText = { file: '', text: '' }

/** The document that says nothing. */
export const emptyModel: MapNode = mapAt({ source: nowhere, start: 0, end: 0 }, new Map())
