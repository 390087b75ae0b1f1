import { readFileSync } from 'node:fs'
import pg from 'pg'

// Host, database and user come from PGHOST, PGDATABASE and PGUSER, which pg reads itself.
export const pool = new pg.Pool({
  password: readFileSync(process.env.PGPASSWORD_FILE, 'utf8').trim(),
  max: 10,
  connectionTimeoutMillis: 3_000,
})

// A connection that breaks while it is idle is replaced at the next query.
pool.on('error', (error) => console.error(`idle connection lost: ${error.message}`))

const columns = 'id, title, author, is_read AS "isRead", added_at AS "addedAt"'

export async function listBooks() {
  const { rows } = await pool.query(`SELECT ${columns} FROM book ORDER BY is_read, added_at DESC, id`)
  return rows
}

export async function addBook({ title, author }) {
  const { rows } = await pool.query(`INSERT INTO book (title, author) VALUES ($1, $2) RETURNING ${columns}`, [title, author])
  return rows[0]
}

/** The changed book, or nothing if there is none with this id. */
export async function markBook(id, isRead) {
  const { rows } = await pool.query(`UPDATE book SET is_read = $2 WHERE id = $1 RETURNING ${columns}`, [id, isRead])
  return rows[0]
}

export async function databaseVersion() {
  const { rows } = await pool.query('SHOW server_version')
  return rows[0].server_version.split(' ')[0]
}
