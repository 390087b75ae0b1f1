import { buildUlimits, extraHosts, fileReferences, flag, keyValues, texts, wholeOrText } from './forms.ts'
import { boolean, key, mapping, oneOf, text, type Shape } from './shape.ts'

/** `build` of a service. */
export const build: Shape = oneOf(
  text,
  mapping('a build', {
    context: key(text, 'The folder, or the URL of a repository, that the image is built from.'),
    dockerfile: key(text, 'The Dockerfile, relative to the context; `Dockerfile` when left out.'),
    dockerfile_inline: key(text, 'The text of the Dockerfile itself, instead of a file.'),
    entitlements: key(texts, 'Extra rights that the build is given, such as `network.host`.'),
    args: key(keyValues, 'Values for the `ARG`s of the Dockerfile; one without a value comes from the environment.'),
    ssh: key(keyValues, 'SSH agents or keys that the build may use.'),
    labels: key(keyValues, 'Labels for the image.'),
    cache_from: key(texts, 'Where layers built earlier are looked for.'),
    cache_to: key(texts, 'Where the layers of this build are kept for later.'),
    no_cache: key(flag, 'Builds everything afresh.'),
    no_cache_filter: key(oneOf(text, texts), 'Stages that are always built afresh.'),
    additional_contexts: key(keyValues, 'More contexts by name: folders, URLs, images, or `service:name`.'),
    network: key(text, 'The network that `RUN` steps use.'),
    provenance: key(oneOf(text, boolean), 'Whether, and how, a record of how the image came about is attached.'),
    sbom: key(oneOf(text, boolean), 'Whether, and how, a list of what is inside is attached.'),
    pull: key(flag, 'Looks for newer base images even when they are here.'),
    target: key(text, 'The stage of the Dockerfile to stop at.'),
    shm_size: key(wholeOrText, 'The size of `/dev/shm` during the build.'),
    extra_hosts: key(extraHosts, 'Host names that are known during the build.'),
    isolation: key(text, 'How build containers are isolated (Windows).'),
    privileged: key(flag, 'Builds with all privileges.'),
    secrets: key(fileReferences, 'Secrets that `RUN --mount=type=secret` may read.'),
    tags: key(texts, 'More names for the image.'),
    ulimits: key(buildUlimits, 'Resource limits of the build’s containers.'),
    platforms: key(texts, 'The platforms to build for, such as `linux/amd64`.'),
  }),
)
