/**
 * Loading: text → Project, as Docker Compose reads it, with the place of every value.
 *
 * Values are a tree of nodes that know where they were written (node.ts). Every step takes a tree and gives a new one that
 * shares what it did not change, so that an anchor or a base service used by five hundred others is worked on once; plain
 * objects are made at the end, once. What the steps have to do at a place of the document is one table, rules.ts. The order
 * of steps is the reference's, because it shows in the results: per document in load-file.ts, per project directory in
 * load-model.ts, and for the whole project here. Nothing here reads the clock, the environment or the disk but through
 * `Sources`, and nothing is thrown. What has a problem is set aside and the load goes on, so that every problem of every file
 * is told at once; what only follows from one that was told is not (damage.ts).
 */
import type { Problem } from '../errors/problem.ts'
import type { Project } from '../project/project.ts'
import type { Service } from '../project/service.ts'
import { checkProject, reportContradictions } from './check/check-project.ts'
import { validateClashes } from './check/validate-clashes.ts'
import { decodeProject, type DecodedProject } from './model/decode-project.ts'
import { explainPath, findOrigin, findPlace } from './tree/explain.ts'
import { createLoadContext, createVariables, lookupIn, type LoadContext } from './sources/load-context.ts'
import { loadModel } from './load-model.ts'
import type { DocumentResult, LoadRequest, LoadResult } from './sources/load-request.ts'
import type { MapNode, Place } from './tree/node.ts'
import { normalize } from './steps/normalize.ts'
import { createProblemList } from './tree/problem-list.ts'
import { locateProject, type ProjectPlace } from './sources/project-environment.ts'
import { resolveProjectName } from './sources/project-name.ts'
import { pruneResources } from './check/prune.ts'
import {
  enableServices,
  selectFollowers,
  selectServices,
  type Services,
  type Split,
  splitByProfiles,
} from './check/select-services.ts'
import { withEnvironment, withLabels } from './sources/service-files.ts'
import type { Sources } from './sources/sources.ts'
import { applyTiers } from '../project/tiers.ts'
import { warnMissingVariables } from './check/unset-variables.ts'
import { warnAboutTraps } from './check/warnings.ts'

type Loaded = { readonly project: Project; readonly model: MapNode }

/** Loads a project. Pure and synchronous: the same request over the same sources gives the same result. */
export const loadProject = (request: LoadRequest, sources: Sources): LoadResult => {
  const base = createLoadContext(request, sources)
  const place = locateProject(request, base)
  const context: LoadContext = { ...base, directory: place?.directory ?? request.workingDirectory }
  const loaded = place === undefined ? undefined : loadPlace(request, place, context)
  const files = [...context.texts.keys()]
  const warnings = context.problems.list('warning', files)
  if (loaded === undefined || context.problems.hasErrors()) {
    return { ok: false, problems: context.problems.list('error', files), warnings, files }
  }
  const { project, model } = loaded
  return {
    ok: true,
    project,
    warnings,
    explain: (path) => explainPath(model, path, { ...context, shell: request.environment }),
    model,
  }
}

/** The merged document and nothing more, for `config --no-interpolate`: variables may stand where the model wants numbers. */
export const loadDocument = (asked: LoadRequest, sources: Sources): DocumentResult => {
  const request = { ...asked, interpolate: false }
  const base = createLoadContext(request, sources, { lenient: true })
  const place = locateProject(request, base)
  const context: LoadContext = { ...base, directory: place?.directory ?? request.workingDirectory }
  const name = place === undefined ? undefined : nameOf(request, place, context)
  const model =
    place === undefined || name === undefined
      ? undefined
      : buildModel({ ...place, environment: { ...place.environment, COMPOSE_PROJECT_NAME: name } }, name, context)
  if (place !== undefined && model !== undefined) warnMissingVariables(context, place.environment, model)
  const files = [...context.texts.keys()]
  const warnings = context.problems.list('warning', files)
  if (name === undefined || model === undefined || context.problems.hasErrors()) {
    return { ok: false, problems: context.problems.list('error', files), warnings, files }
  }
  return { ok: true, name, model, warnings, profiles: place === undefined ? [] : activeProfiles(request, place) }
}

const nameOf = (
  request: LoadRequest,
  { files, nameless, environment }: ProjectPlace,
  context: LoadContext,
): string | undefined =>
  resolveProjectName(
    { asked: request.projectName, environment, files, directory: nameless, interpolate: context.steps.interpolate },
    context,
  )

/** The name of a project that has none, which is a problem that was told: the others are looked for all the same. */
const unnamed = 'stack'

const loadPlace = (request: LoadRequest, place: ProjectPlace, context: LoadContext): Loaded | undefined => {
  const { problems } = context
  const name = nameOf(request, place, context) ?? unnamed
  const environment = { ...place.environment, COMPOSE_PROJECT_NAME: name }
  const model = buildModel({ ...place, environment }, name, context)
  if (model === undefined) return undefined
  problems.damage.nextStage()
  const decoded = decodeProject(model, problems)
  problems.damage.nextStage()
  const finished = finishProject({
    request,
    context,
    name,
    model,
    decoded,
    place: { ...place, environment },
    lacking: new Map(),
  })
  // Last, for the env files of services are read there.
  warnMissingVariables(context, environment, model)
  return finished
}

const buildModel = (place: ProjectPlace, name: string, context: LoadContext): MapNode | undefined => {
  const { files, directory, environment } = place
  const variables = createVariables(environment, { files: place.variableFiles, implied: context.implied })
  const scope = { context, directory, variables, environment, including: [], loadModel }
  const requests = files.map((path) => ({ path, at: undefined }))
  const merged = loadModel(requests, { scope, base: directory, resolvePaths: context.steps.resolvePaths })
  if (merged.entries.size === 0) {
    if (!context.problems.hasErrors())
      context.problems.error(startOf(files, context), 'file/empty', `The stack file is empty: ${files.join(', ')}.`)
    return undefined
  }
  context.problems.damage.nextStage()
  const tiered = applyTiers(merged, context.problems)
  if (!context.steps.normalize) return tiered
  return normalize(tiered, { name, lookup: context.steps.interpolate ? variables.lookup : undefined })
}

const startOf = (files: readonly string[], { texts }: LoadContext): Place | undefined => {
  const source = texts.get(files[0] ?? '')
  return source === undefined ? undefined : { source, start: 0, end: 1 }
}

type Finish = {
  readonly request: LoadRequest
  readonly context: LoadContext
  readonly name: string
  readonly model: MapNode
  readonly decoded: DecodedProject
  readonly place: ProjectPlace
  /** Services of which a file is missing that is told later. */
  readonly lacking: Map<string, readonly Problem[]>
}

const finishProject = (finish: Finish): Loaded | undefined => {
  const { request, context, model, decoded } = finish
  const { problems, steps } = context
  const names = request.services ?? []
  const isWhole = !problems.hasErrors()
  const byProfile = splitByProfiles(decoded.services, activeProfiles(request, finish.place))
  const { purpose = 'make' } = request
  const check = ({ enabled, disabled }: Split): void => {
    if (!steps.consistency) return
    checkProject({ ...decoded, name: finish.name, services: enabled, disabled }, { model, problems, purpose })
  }
  check(byProfile)
  const enabled = enableServices(byProfile, names)
  // Words of the command line are looked up in a project that is known whole.
  const selected = isWhole ? selectServices(enabled, names, { problems, isChecked: steps.consistency }) : enabled
  if (selected === undefined) return undefined
  if (enabled !== byProfile) check(selected)
  if (isWhole && steps.consistency && request.clashes !== undefined) {
    const { clashes, scale = {} } = request
    const wanted = { ...decoded, name: finish.name, services: selected.enabled, scale }
    reportContradictions(validateClashes(wanted, clashes), { model, problems })
  }
  problems.damage.nextStage()
  const services = isWhole || names.length === 0 ? completeServices(selected.enabled, finish) : {}
  if (problems.hasErrors()) return undefined
  warnAboutTraps(model, selected.enabled, context)
  const followers = request.withFollowers === true ? completeFollowers(selectFollowers(enabled, selected), finish) : {}
  return { project: toProject(finish, selected, { services, followers }), model }
}

/** Nobody asked for them: those whose env files are not to be had are left alone, and nothing is said of it. */
const completeFollowers = (followers: Services, finish: Finish): Services =>
  Object.fromEntries(
    Object.entries(followers).flatMap(([name, service]) => {
      const problems = createProblemList()
      const done = completeServices({ [name]: service }, { ...finish, context: { ...finish.context, problems } })
      return problems.hasErrors() ? [] : Object.entries(done)
    }),
  )

const activeProfiles = (request: LoadRequest, { environment }: ProjectPlace): readonly string[] => {
  if (request.profiles !== undefined && request.profiles.length > 0) return request.profiles
  // Without any, the empty profile is active: that is what the reference makes of an empty list.
  return (environment['COMPOSE_PROFILES'] ?? '').split(',').map((profile) => profile.trim())
}

const completeServices = (services: Services, { request, context, model, place, lacking }: Finish): Services => {
  const base = { context, model, lookup: lookupIn(place.environment) }
  const needed = request.missingEnvFiles === 'later' ? lacking : ('tell' as const)
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const isRead = readsEnvironment(request, name, service)
      const job = { ...base, missing: isRead ? needed : ('skip' as const) }
      const filled = isRead ? withEnvironment(name, service, job) : service
      return [name, withReplicas(withLabels(name, filled, job))]
    }),
  )
}

const readsEnvironment = (
  { resolveEnvironment = true }: LoadRequest,
  name: string,
  { pre_start }: Service,
): boolean => {
  if (resolveEnvironment === 'hooks') return pre_start !== undefined && pre_start.length > 0
  return typeof resolveEnvironment === 'boolean' ? resolveEnvironment : resolveEnvironment.includes(name)
}

/** `scale` beside a `deploy` is its `replicas` too. */
const withReplicas = (service: Service): Service =>
  service.scale === undefined || service.deploy === undefined
    ? service
    : { ...service, deploy: { ...service.deploy, replicas: service.scale } }

const toProject = (
  { request, context, name, model, decoded, place, lacking }: Finish,
  selected: Split,
  { services: asked, followers }: { readonly services: Services; readonly followers: Services },
): Project => {
  const services = { ...asked, ...followers }
  const resources = request.allResources === true ? decoded : pruneResources(decoded, services)
  const stackFiles = new Set(place.files)
  const named = [...Object.values(resources.configs), ...Object.values(resources.secrets)].flatMap(
    ({ environment }) => environment ?? [],
  )
  return {
    name,
    services,
    networks: resources.networks,
    volumes: resources.volumes,
    configs: resources.configs,
    secrets: resources.secrets,
    models: decoded.models,
    extensions: decoded.extensions,
    context: {
      directory: place.directory,
      files: place.files,
      remote: place.remote.length === 0 ? [] : [...new Set([...place.remote, ...context.fetched.keys()])],
      envFiles: place.envFiles,
      environment: place.environment,
      activeProfiles: selected.profiles.filter((profile) => profile !== ''),
      disabled: Object.fromEntries(
        Object.entries(selected.disabled).filter(([other]) => followers[other] === undefined),
      ),
      ...(Object.keys(followers).length === 0 ? {} : { followers: Object.keys(followers) }),
      inputs: [...context.texts.keys()].filter((file) => !stackFiles.has(file)),
      objectEnvironment: Object.fromEntries(named.map((variable) => [variable, place.environment[variable] ?? null])),
      ...(lacking.size === 0 ? {} : { lacking: Object.fromEntries(lacking) }),
      findPlace: (path) => findPlace(model, path),
      findOrigin: (path) => findOrigin(model, path, { ...context, shell: request.environment }),
    },
  }
}
