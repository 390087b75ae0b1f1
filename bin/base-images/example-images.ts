import type { BaseImage } from './base-images.ts'
import { makeGoImage } from './go-image.ts'
import { makePythonImage } from './python-image.ts'
import { makeViteImage, viteVersion } from './vite-image.ts'

/** What the examples of single languages need beside the base images, with what their builds would install. */
export const exampleImages: readonly (BaseImage & { /** Its folder in examples. */ readonly example: string })[] = [
  {
    name: 'stack-base/vite:latest',
    official: 'node:24-alpine',
    variable: 'NODE_IMAGE',
    recipe: `2-${viteVersion()}`,
    make: makeViteImage,
    example: 'vite-front-end',
  },
  {
    name: 'stack-base/python:latest',
    official: 'python:3.13-slim',
    variable: 'PYTHON_IMAGE',
    recipe: '2',
    make: makePythonImage,
    example: 'python-api',
  },
  {
    name: 'stack-base/golang:latest',
    official: 'golang:1.25-alpine',
    variable: 'GO_IMAGE',
    recipe: '2',
    make: makeGoImage,
    example: 'go-service',
  },
]
