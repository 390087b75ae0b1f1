/** The part of the catalogue that is about opening the dashboard on what runs. */
export const dashboardFailures = {
  'dashboard/no-terminal': {
    exit: 1,
    message: () => 'The dashboard needs a terminal to draw on and to read keys from.',
    hint: () => '"stack ps" prints what runs, "stack logs -f" what it writes, and "stack events" what happens to it.',
  },
  'dashboard/nothing-runs': {
    exit: 1,
    message: (d: { stopped: number }) =>
      d.stopped === 0
        ? 'No project runs on this engine, and there is no stack file here.'
        : `No project runs on this engine, and there is no stack file here; ${d.stopped} ${d.stopped === 1 ? 'project is' : 'projects are'} stopped.`,
    hint: (d: { stopped: number }) =>
      d.stopped === 0
        ? 'Change to the folder of a stack file; "stack up" starts it.'
        : '"stack ui --all" lists them. "stack up" in the folder of a stack file starts it.',
  },
  'dashboard/no-project': {
    exit: 1,
    message: (d: { project: string; isHere: boolean; near?: string; others: number }) =>
      `Project "${d.project}" has no containers on this engine.`,
    hint: (d: { project: string; isHere: boolean; near?: string; others: number }) =>
      [
        ...(d.near === undefined ? [] : [`Did you mean "${d.near}"?`]),
        ...(d.isHere ? ['"stack up" starts it.'] : []),
        ...(d.others > 0 ? ['"stack ui --all" lists the projects that are there.'] : []),
      ].join(' ') || '"stack up" in the folder of its stack file starts it.',
  },
  'dashboard/no-file': {
    exit: 1,
    message: (d: { project: string; files: readonly string[] }) =>
      `This needs the stack file of project "${d.project}", ${d.files.length === 0 ? 'and its containers do not say where that is' : `which is not there any more: ${d.files.join(', ')}`}.`,
    hint: (d: { project: string }) =>
      `What is there can be stopped, started and restarted without it. With the file: "stack -f FILE ui -p ${d.project}".`,
  },
} as const
