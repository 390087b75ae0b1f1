import { expect, test } from 'vitest'
import { printProject } from '../../../src/core/compose/print/print-project.ts'
import { writeYaml } from '../../../src/core/compose/print/write-yaml.ts'
import { loadGood } from '../../support/load-memory.ts'

test('YAML has names in the order of the reference, wherever people choose them', () => {
  const { project } = loadGood({
    'stack.yaml': `services:
  web10: {image: x}
  web9:
    image: x
    environment: {A_B: 1, AB: 2, A1: 3, a: 4, _x: 5, B10: 6, B9: 7, A-B: 8, A.B: 9, A10: 1, A9: 2, A01: 1, N: }
    labels: [com.a.b=1, com.a=2, com.10=4, com.9=5, com.a_b=6, comA=7]
    build:
      context: /b
      args: [V_10=a, V_9=b, V10=c, V=d, v=e]
      labels: {a_b: 1, ab: 2, a10: 3, a9: 4}
      additional_contexts: {a10: /x, a9: /x}
    annotations: {a_b: 1, ab: 2, a10: 3, a9: 4}
    sysctls: {net.a_b: 1, net.ab: 1, net.10: 1, net.9: 1}
    storage_opt: {a10: 1, a9: 2}
    logging: {driver: x, options: {a_b: 1, ab: 2, a10: 1, a9: 1}}
    deploy: {labels: {a_b: 1, ab: 2}}
    networks: {n10: {driver_opts: {a_b: 1, ab: 2}}, n9: }
  model:
    provider: {type: x, options: {a_b: 1, ab: [2, 1]}}
networks: {n10: {labels: {a_b: 1, ab: 2}, driver_opts: {a_b: 1, ab: 2}}, n9: }
`,
  })
  // As docker compose 2.40.3 prints it.
  expect(writeYaml(printProject(project, 'yaml'))).toBe(`name: shop
services:
  model:
    provider:
      type: x
      options:
        a_b:
          - "1"
        ab:
          - "2"
          - "1"
  web9:
    annotations:
      a_b: "1"
      a9: "4"
      a10: "3"
      ab: "2"
    build:
      context: /b
      dockerfile: Dockerfile
      args:
        V: d
        V_9: b
        V_10: a
        V10: c
        v: e
      labels:
        a_b: "1"
        a9: "4"
        a10: "3"
        ab: "2"
      additional_contexts:
        a9: /x
        a10: /x
    deploy:
      labels:
        a_b: "1"
        ab: "2"
    environment:
      _x: "5"
      A-B: "8"
      A.B: "9"
      A_B: "1"
      A1: "3"
      A01: "1"
      A9: "2"
      A10: "1"
      AB: "2"
      B9: "7"
      B10: "6"
      "N": null
      a: "4"
    image: x
    labels:
      com.9: "5"
      com.10: "4"
      com.a: "2"
      com.a.b: "1"
      com.a_b: "6"
      comA: "7"
    logging:
      driver: x
      options:
        a_b: "1"
        a9: "1"
        a10: "1"
        ab: "2"
    networks:
      n9: null
      n10:
        driver_opts:
          a_b: "1"
          ab: "2"
    storage_opt:
      a9: "2"
      a10: "1"
    sysctls:
      net.9: "1"
      net.10: "1"
      net.a_b: "1"
      net.ab: "1"
  web10:
    image: x
    networks:
      default: null
networks:
  default:
    name: shop_default
  n9:
    name: shop_n9
  n10:
    name: shop_n10
    driver_opts:
      a_b: "1"
      ab: "2"
    labels:
      a_b: "1"
      ab: "2"
`)
})
