const [list, form, problem, facts, count] = ['books', 'add', 'problem', 'facts', 'count'].map((id) => document.getElementById(id))

async function ask(path, options) {
  const response = await fetch(path, { ...options, headers: { 'content-type': 'application/json' } })
  const body = await response.json()
  if (!response.ok) throw new Error(body.error)
  return body
}

async function refresh() {
  const began = performance.now()
  const { books, servedBy, database } = await ask('/api/books')
  list.replaceChildren(...books.map(toItem))
  count.textContent = `${books.filter((book) => book.isRead).length} of ${books.length} read`
  facts.textContent = `Answered by ${servedBy} from ${database} in ${Math.round(performance.now() - began)} ms`
}

function toItem(book) {
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: book.isRead })
  box.addEventListener('change', () => change(`/api/books/${book.id}`, 'PATCH', { isRead: box.checked }))
  const [title, author] = ['title', 'author'].map((name) =>
    Object.assign(document.createElement('span'), { className: name, textContent: book[name] }),
  )
  const label = document.createElement('label')
  label.append(box, title, author)
  const item = Object.assign(document.createElement('li'), { className: book.isRead ? 'read' : '' })
  item.append(label)
  return item
}

/** Does it, shows what came of it, and says so when it failed. */
async function change(path, method, body) {
  await attempt(async () => {
    await ask(path, { method, body: JSON.stringify(body) })
    await refresh()
  })
}

async function attempt(work) {
  try {
    await work()
    problem.hidden = true
  } catch (error) {
    problem.textContent = error.message
    problem.hidden = false
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  await change('/api/books', 'POST', Object.fromEntries(new FormData(form)))
  if (problem.hidden) form.reset()
})

attempt(refresh)
setInterval(() => document.visibilityState === 'visible' && attempt(refresh), 5_000)

// An edited stylesheet is exchanged in place; any other asset loads the page again.
new EventSource('/live').addEventListener('message', ({ data }) => {
  if (!data.endsWith('.css')) return location.reload()
  const sheet = document.querySelector('link[rel=stylesheet]')
  sheet.href = `/${data}?${Date.now()}`
})
