import * as z from 'zod'
import { mapping } from './zod-words.ts'
import { buildUlimits, extraHosts, fileReferences, flag, keyValues, texts, wholeOrText } from './forms.ts'

/** `build` of a service. */
export const build: z.ZodType = z
  .union([
    z.string(),
    mapping('a build', {
      context: z.string().optional().describe('The folder, or the URL of a repository, that the image is built from.'),
      dockerfile: z
        .string()
        .optional()
        .describe('The Dockerfile, relative to the context; `Dockerfile` when left out.'),
      dockerfile_inline: z.string().optional().describe('The text of the Dockerfile itself, instead of a file.'),
      entitlements: texts.optional().describe('Extra rights that the build is given, such as `network.host`.'),
      args: keyValues
        .optional()
        .describe('Values for the `ARG`s of the Dockerfile; one without a value comes from the environment.'),
      ssh: keyValues.optional().describe('SSH agents or keys that the build may use.'),
      labels: keyValues.optional().describe('Labels for the image.'),
      cache_from: texts.optional().describe('Where layers built earlier are looked for.'),
      cache_to: texts.optional().describe('Where the layers of this build are kept for later.'),
      no_cache: flag.optional().describe('Builds everything afresh.'),
      no_cache_filter: z.union([z.string(), texts]).optional().describe('Stages that are always built afresh.'),
      additional_contexts: keyValues
        .optional()
        .describe('More contexts by name: folders, URLs, images, or `service:name`.'),
      network: z.string().optional().describe('The network that `RUN` steps use.'),
      provenance: z
        .union([z.string(), z.boolean()])
        .optional()
        .describe('Whether, and how, a record of how the image came about is attached.'),
      sbom: z
        .union([z.string(), z.boolean()])
        .optional()
        .describe('Whether, and how, a list of what is inside is attached.'),
      pull: flag.optional().describe('Looks for newer base images even when they are here.'),
      target: z.string().optional().describe('The stage of the Dockerfile to stop at.'),
      shm_size: wholeOrText.optional().describe('The size of `/dev/shm` during the build.'),
      extra_hosts: extraHosts.optional().describe('Host names that are known during the build.'),
      isolation: z.string().optional().describe('How build containers are isolated (Windows).'),
      privileged: flag.optional().describe('Builds with all privileges.'),
      secrets: fileReferences.optional().describe('Secrets that `RUN --mount=type=secret` may read.'),
      tags: texts.optional().describe('More names for the image.'),
      ulimits: buildUlimits.optional().describe('Resource limits of the build’s containers.'),
      platforms: texts.optional().describe('The platforms to build for, such as `linux/amd64`.'),
    }),
  ])
  .meta({ id: 'build' })
