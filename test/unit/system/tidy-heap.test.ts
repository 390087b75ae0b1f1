import { expect, test } from 'vitest'
import { createTidyHeap } from '../../../src/system/tidy-heap.ts'

const watchMany = (onWatch: () => void, count = 1000): void => {
  for (let folder = 0; folder < count; folder += 1) onWatch()
}

const resting = { quietMs: 5, readUse: () => 0 }

/** Whatever else waits for as much quiet has had it then. */
const quiet = async (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  watchMany(createTidyHeap({ ...resting, collect: resolve }).onWatch)
  await promise
}

test('what thousands of looks left behind is given back once, when it is quiet', async () => {
  let count = 0
  const heap = createTidyHeap({ ...resting, collect: () => void (count += 1) })
  watchMany(heap.onWatch, 999)
  heap.onBusy()
  await quiet()
  expect(count).toBe(0)
  watchMany(heap.onWatch, 5000)
  await expect.poll(() => count).toBe(1)
  watchMany(heap.onWatch, 999)
  await quiet()
  expect(count).toBe(1)
  watchMany(heap.onWatch)
  await expect.poll(() => count).toBe(2)
  heap.close()
})

test('nothing is collected in the middle of the work', async () => {
  let count = 0
  let use = 0.8
  let asked = 0
  const readUse = (): number => ((asked += 1), use)
  const heap = createTidyHeap({ quietMs: 1, readUse, collect: () => void (count += 1) })
  watchMany(heap.onWatch)
  await expect.poll(() => asked).toBeGreaterThan(10)
  expect(count).toBe(0)
  use = 0
  await expect.poll(() => count).toBe(1)
  heap.close()
})

test('nothing is collected after the end', async () => {
  let count = 0
  const heap = createTidyHeap({ ...resting, collect: () => void (count += 1) })
  watchMany(heap.onWatch)
  heap.close()
  watchMany(heap.onWatch)
  await quiet()
  expect(count).toBe(0)
})

test('the memory is really given back', async () => {
  let hold: unknown[] | undefined = Array.from({ length: 400_000 }, (_none, index) => ({ index, text: String(index) }))
  const full = process.memoryUsage().heapTotal
  expect(hold).toHaveLength(400_000)
  hold = undefined
  const heap = createTidyHeap(resting)
  watchMany(heap.onWatch)
  await expect.poll(() => process.memoryUsage().heapTotal).toBeLessThan(full - 10_000_000)
  heap.close()
})
