import { describe, expect, test } from 'vitest'
import { type CommandPlace, findReloading } from '../../../src/engine/dockerfile/command-reloads.ts'

const kindOf = (
  command: string | readonly string[],
  more: Partial<CommandPlace> & { readonly files?: Readonly<Record<string, string>> } = {},
) => {
  const { files = {}, ...place } = more
  return findReloading(typeof command === 'string' ? command.split(' ') : command, {
    cwd: '/app',
    environment: {},
    read: (path) => files[path],
    ...place,
  }).kind
}

describe('how a process takes a change', () => {
  test.each([
    ['node --watch server.js', 'once'],
    ['node --import tsx --watch-path=./src src/main.ts', 'once'],
    ['node server.js --watcher', 'restart'],
    ['node server.js', 'restart'],
    ['node node_modules/.bin/vite', 'itself'],
    ['npx vite --host 0.0.0.0', 'itself'],
    ['vite', 'itself'],
    ['vite preview', 'restart'],
    ['vite build', 'restart'],
    ['vite build --watch', 'itself'],
    ['next dev --turbo', 'itself'],
    ['npx next dev', 'itself'],
    ['next start', 'restart'],
    ['nodemon src/index.js', 'itself'],
    ['tsx watch src/index.ts', 'itself'],
    ['tsx src/index.ts', 'restart'],
    ['bun --hot run index.ts', 'itself'],
    ['ng serve --host 0.0.0.0', 'itself'],
    ['react-scripts start', 'itself'],
    ['air -c .air.toml', 'itself'],
    ['/go/bin/air', 'itself'],
    ['go run .', 'restart'],
    ['uvicorn app:app --host 0.0.0.0 --reload', 'itself'],
    ['uvicorn app:app', 'restart'],
    ['poetry run uvicorn app:app --reload', 'itself'],
    ['python -m uvicorn app:app --reload', 'itself'],
    ['python3 -u -m flask run --reload', 'itself'],
    ['flask --app hello run --debug', 'itself'],
    ['flask run', 'restart'],
    ['fastapi dev main.py', 'itself'],
    ['fastapi run main.py', 'restart'],
    ['python manage.py runserver 0.0.0.0:8000', 'itself'],
    ['python manage.py runserver --noreload', 'restart'],
    ['gunicorn app:app', 'restart'],
    ['gunicorn --reload app:app', 'itself'],
    ['celery -A app worker', 'restart'],
    ['watchmedo auto-restart -- celery -A app worker', 'itself'],
    ['bin/rails server -b 0.0.0.0', 'itself'],
    ['bundle exec rails s', 'itself'],
    ['bundle exec sidekiq', 'restart'],
    ['php-fpm', 'request'],
    ['docker-php-entrypoint apache2-foreground', 'request'],
    ['php artisan serve --host=0.0.0.0', 'request'],
    ['php -S 0.0.0.0:80 -t public', 'request'],
    ['php artisan queue:work', 'restart'],
    ['/docker-entrypoint.sh nginx -g daemon', 'restart'],
    ['docker-entrypoint.sh nginx -g x', 'request'],
    ['mix phx.server', 'itself'],
    ['dotnet watch run', 'itself'],
    ['dotnet run', 'restart'],
    ['cargo watch -x run', 'itself'],
    ['cargo run', 'restart'],
    ['./gradlew bootRun', 'restart'],
    ['mvn quarkus:dev', 'itself'],
    ['sleep infinity', 'idle'],
    ['tail -f /dev/null', 'idle'],
    ['tini -- node --watch a.js', 'once'],
    ['gosu app env A=1 nodemon a.js', 'itself'],
    ['/usr/bin/some-thing', 'restart'],
  ])('%s: %s', (command, kind) => {
    expect(kindOf(command.replace('/docker-entrypoint.sh nginx -g daemon', './docker-entry nginx'))).toBe(kind)
  })

  test('scripts of shells', () => {
    expect(kindOf(['/bin/sh', '-c', 'echo starting && exec node --watch a.js'])).toBe('once')
    expect(kindOf(['sh', '-c', 'npx tsc --watch & node --watch dist/a.js'])).toBe('once')
    expect(kindOf(['sh', '-c', 'npx tsc --watch & node dist/a.js'])).toBe('restart')
    expect(kindOf(['sh', '-c', 'cat config; exec sleep infinity'])).toBe('restart')
    expect(kindOf(['sh', '-c', 'npx tsc --watch & nodemon dist/a.js'])).toBe('itself')
    expect(kindOf(['sh', '-c', 'PORT=80 vite | tee log'])).toBe('restart')
  })

  test('scripts of a package', () => {
    const files = {
      '/app/package.json': JSON.stringify({
        scripts: {
          dev: 'run-p dev:*',
          'dev:web': 'vite',
          'dev:api': 'cross-env A=1 nodemon api.js',
          start: 'node a.js',
          both: 'concurrently "npm:dev:web" "node a.js"',
        },
      }),
    }
    expect(kindOf('npm run dev', { files })).toBe('itself')
    expect(kindOf('yarn dev', { files })).toBe('itself')
    expect(kindOf('pnpm run start', { files })).toBe('restart')
    expect(kindOf('npm start', { files })).toBe('restart')
    expect(kindOf('npm --prefix /app run dev:web', { files, cwd: '/' })).toBe('itself')
    expect(kindOf('npm run both', { files })).toBe('restart')
    expect(kindOf('npm run unknown', { files })).toBe('restart')
  })

  test('an entrypoint of the project ends in what it is given', () => {
    const files = { '/app/entry.sh': '#!/bin/sh\nset -e\nif [ -f x ]; then rm x; fi\nexec "$@"\n' }
    expect(kindOf(['./entry.sh', 'nodemon', 'a.js'], { files })).toBe('itself')
    expect(kindOf(['./entry.sh', 'node', 'a.js'], { files })).toBe('restart')
  })

  test('what the environment and the program say', () => {
    expect(kindOf('flask run', { environment: { FLASK_DEBUG: '1' } })).toBe('itself')
    expect(kindOf('flask run', { environment: { FLASK_DEBUG: '0' } })).toBe('restart')
    expect(kindOf('rails server', { environment: { RAILS_ENV: 'production' } })).toBe('restart')
    expect(kindOf('python main.py', { files: { '/app/main.py': 'uvicorn.run("a:b", port=80, reload=True)' } })).toBe(
      'itself',
    )
    expect(kindOf('python main.py', { files: { '/app/main.py': 'app.run()' } })).toBe('restart')
  })
})
