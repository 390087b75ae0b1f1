import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import * as answers from '../../../src/docker/connection/answers.ts'
import { readLines } from '../../../src/wire/read-body.ts'

const messageOf = (call: () => unknown): string => {
  try {
    return JSON.stringify(call())
  } catch (error) {
    return (error as Error).message
  }
}

test('an answer is held to what is read of it, and null is as absent', () => {
  expect([
    messageOf(() => answers.readCreated('{"Id":"4f","Warnings":null}')),
    messageOf(() => answers.readCreated('{"id":"4f"}')),
    messageOf(() => answers.readDistribution('{"Descriptor":{"digest":7}}')),
    messageOf(() => answers.readBuildMessage('{"aux":{"ID":"sha256:1"}}')),
    messageOf(() => answers.readBuildMessage('{"errorDetail":{"message":["no"]}}')),
    messageOf(() => answers.readTransferMessage('{"status":"Pulling","progressDetail":{"current":"1"}}')),
    messageOf(() => answers.readStatsSample('{"read":"2026","cpu_stats":{},"networks":{"eth0":{"rx_bytes":1}}}')),
    messageOf(() =>
      answers.readEngineMessage('{"Type":"container","Action":"die","Actor":{"ID":"4f","Attributes":null}}'),
    ),
    messageOf(() => answers.readEngineMessage('<html>')),
  ]).toMatchInlineSnapshot(`
    [
      "{"Id":"4f"}",
      "What is read from the engine's answer to creating a container cannot be used: "Id" must be text.",
      "What is read from the engine's answer about a digest cannot be used: "Descriptor.digest" must be text.",
      "{"aux":{"ID":"sha256:1"}}",
      "What is read from the engine's report of a build cannot be used: "errorDetail.message" must be text.",
      "What is read from the engine's report of a transfer cannot be used: "progressDetail.current" must be a number.",
      "What is read from the engine's measurements cannot be used: "networks.eth0.tx_bytes" must be a number.",
      "What is read from an event of the engine cannot be used: "time" must be a number.",
      "What is read from an event of the engine cannot be used: it is no JSON.",
    ]
  `)
})

test('a line that is no JSON is told as such, and what came before it is not lost', async () => {
  const stream = Readable.from([Buffer.from('{"status":"a"}\n{"sta'), Buffer.from('tus":"é"}\n{"status":')])
  const seen: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const message of readLines(stream, answers.readTransferMessage)) seen.push(message)
  }
  await expect(read()).rejects.toMatchObject({ code: 'json/unfit' })
  expect(seen).toEqual([{ status: 'a' }, { status: 'é' }])
})
