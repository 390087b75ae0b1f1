import type { LogCommand } from '../keys/log-keys.ts'
import { type CommandContext, type Handler, only } from './handled.ts'
import { scrollToEnd } from './scroll-log.ts'
import { following, type ViewState } from './view-state.ts'

export const logHandlers: Readonly<Record<LogCommand, Handler>> = {
  follow: (context) => only(context.view.log.bottom === undefined ? standing(context) : following(context.view)),
  filter: ({ view }) => only({ ...following(view), typing: 'filter' }),
  wrap: ({ view }) => only({ ...view, log: { ...view.log, wrap: !view.log.wrap } }),
  timestamps: ({ view }) => only({ ...view, log: { ...view.log, timestamps: !view.log.timestamps } }),
}

const standing = ({ view, logs, query }: CommandContext): ViewState => {
  const bottom = scrollToEnd(logs, query)
  return bottom === undefined ? view : { ...view, log: { ...view.log, bottom } }
}
